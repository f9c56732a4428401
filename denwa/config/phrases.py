"""What the findings say, in English and Japanese."""

from dataclasses import dataclass

from denwa.language import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do about it."""

    what: Text
    remedy: Text


_AS_SAID = Text("set it as said here", "ここに書いたとおりに直してください")

NO_FILE = Fault(
    Text("there is no such file", "このファイルはありません"),
    Text("mind its name, or write one with: denwa init", "名前を確かめるか、denwa init で作ってください"),
)
UNREADABLE = Fault(
    Text("cannot be read: {why}", "読めません: {why}"),
    Text("let the user who runs denwa read it", "denwa を動かす利用者が読めるようにしてください"),
)
TOO_LARGE = Fault(
    Text("is larger than 1 MiB", "1 MiB を超えています"),
    Text(
        "this is hardly a configuration: mind the name",
        "設定ファイルではなさそうです。名前を確かめてください",
    ),
)
NOT_UTF8 = Fault(
    Text("is not UTF-8", "UTF-8 ではありません"),
    Text("save it as UTF-8", "UTF-8 で保存してください"),
)
NO_TOML = Fault(
    Text("is not TOML: {why}", "TOML として読めません: {why}"),
    Text("mend this line; strings stand in quotes", "この行を直してください (文字列は引用符で囲みます)"),
)

MISSING = Fault(
    Text("is missing", "がありません"),
    Text("add a line: {name} = …", "{name} = … の行を加えてください"),
)
UNKNOWN_NEAR = Fault(
    Text("there is no such key", "このキーはありません"),
    Text("did you mean {near}?", "{near} の間違いではありませんか"),
)
UNKNOWN = Fault(
    Text("there is no such key", "このキーはありません"),
    Text("remove it; known here: {known}", "消してください。使えるもの: {known}"),
)
UNKNOWN_VARIABLE_NEAR = Fault(
    Text("means no key of the configuration", "に当たる設定はありません"),
    Text("did you mean {near}?", "{near} の間違いではありませんか"),
)
UNKNOWN_VARIABLE = Fault(
    Text("means no key of the configuration", "に当たる設定はありません"),
    Text(
        "unset it; a key in a table is named with two underscores: {example}",
        "消してください。表の中のキーは下線二つでつなぎます: {example}",
    ),
)
NO_JSON = Fault(
    Text("a table or list must be JSON in a variable", "変数では、表と並びは JSON で書きます"),
    Text("write for example: {example}", "例: {example}"),
)
INTEGER = Fault(
    Text("{found} is no whole number", "{found} は整数ではありません"),
    Text("write digits without quotes", "引用符なしの数字で書いてください"),
)
NUMBER_WANTED = Fault(
    Text("{found} is no number", "{found} は数ではありません"),
    Text("write digits without quotes", "引用符なしの数字で書いてください"),
)
AT_LEAST = Fault(
    Text("{found} is too small", "{found} は小さすぎます"),
    Text("give at least {limit}", "{limit} 以上にしてください"),
)
AT_MOST = Fault(
    Text("{found} is too large", "{found} は大きすぎます"),
    Text("give at most {limit}", "{limit} 以下にしてください"),
)
BELOW = Fault(
    Text("{found} is too large", "{found} は大きすぎます"),
    Text("give less than {limit}", "{limit} より小さくしてください"),
)
ABOVE = Fault(
    Text("{found} is too small", "{found} は小さすぎます"),
    Text("give more than {limit}", "{limit} より大きくしてください"),
)
ONE_OF = Fault(
    Text("{found} is not one of the choices", "{found} は選べません"),
    Text("write one of {known}", "{known} のどれかにしてください"),
)
STRING = Fault(
    Text("{found} is no text", "{found} は文字列ではありません"),
    Text('write it in quotes: "{bare}"', '引用符で囲んでください: "{bare}"'),
)
TRUTH = Fault(
    Text("{found} is neither true nor false", "{found} は true でも false でもありません"),
    Text("write true or false", "true か false にしてください"),
)
TABLE = Fault(
    Text("{found} is no table", "{found} は表ではありません"),
    Text("write a table: [{key}]", "表にしてください: [{key}]"),
)
LIST = Fault(
    Text("{found} is no list", "{found} は並びではありません"),
    Text('write a list: ["732", "767"]', '並びにしてください: ["732", "767"]'),
)
HOST = Fault(
    Text("{found} is no host", "{found} はホスト名でもアドレスでもありません"),
    Text(
        "write a name or an IPv4 address, without port", "名前か IPv4 アドレスを、ポートなしで書いてください"
    ),
)
ADDRESS = Fault(
    Text("{found} is no IPv4 address", "{found} は IPv4 アドレスではありません"),
    Text(
        'write one of this machine\'s, such as 192.0.2.5, or "" to have it found',
        'このマシンのもの (192.0.2.5 など) か、自動で選ぶなら "" にしてください',
    ),
)
NAME = Fault(
    Text("{found} cannot name a table", "{found} は表の名前にできません"),
    Text(
        "use small letters, digits and single underscores", "英小文字、数字、一つずつの下線で付けてください"
    ),
)
USER = Fault(
    Text("{found} cannot be a SIP user", "{found} は SIP のユーザー名にできません"),
    Text('write the extension\'s number: "7000"', '内線の番号を書いてください: "7000"'),
)
NUMBER = Fault(
    Text("{why}", "番号として読めません: {why}"),
    Text(
        'write digits such as "117", or a range such as "7XXXX"',
        '"117" のような番号か "7XXXX" のような範囲にしてください',
    ),
)
HOURS = Fault(
    Text("{found} is no pair of hours of a day", "{found} は、一日のうちの時の組ではありません"),
    Text(
        "write two whole numbers from 0 to 24, the second one greater: [7, 22]",
        "0〜24 の整数を、あとを大きくして二つ書いてください: [7, 22]",
    ),
)
HOUR_AND_DAY = Fault(
    Text(
        "{found} is no pair of how often in an hour and in a day",
        "{found} は、一時間と一日の回数の組ではありません",
    ),
    Text(
        "write two whole numbers from 1 on, that of the day not less than that of the hour: [20, 60]",
        "1 以上の整数を二つ、一日の回数を一時間の回数以上にして書いてください: [20, 60]",
    ),
)
OTHER = Fault(Text("{why}", "{why}"), _AS_SAID)

NO_SUCH_EXCHANGE = Fault(
    Text("there is no exchange named {found}", "{found} という交換機の設定がありません"),
    Text(
        "write a table [exchanges.{found}], or name one of: {known}",
        "[exchanges.{found}] を書くか、次から選んでください: {known}",
    ),
)
NO_SUCH_SERVICE = Fault(
    Text("there is no service named {found}", "{found} というサービスはありません"),
    Text("write one of: {known}", "次から選んでください: {known}"),
)
SAME_USER = Fault(
    Text(
        "{other} registers as the same user at the same exchange",
        "{other} も同じ交換機に同じユーザーで登録します",
    ),
    Text("put the numbers of both into one table", "両方の番号を一つの表にまとめてください"),
)
SAME_NUMBER = Fault(
    Text("{found} and {other} are the same number", "{found} と {other} は同じ番号です"),
    Text("remove one of them", "どちらかを消してください"),
)
UNDECIDED = Fault(
    Text("some numbers match {found} and {other} alike", "{found} と {other} の両方に当たる番号があります"),
    Text("make one of them narrower, so that it goes first", "片方を狭くして、優先されるようにしてください"),
)
NO_PASSWORD = Fault(
    Text("has no password", "パスワードがありません"),
    Text(
        'add password_file = "…", or give the credential {credential}',
        'password_file = "…" を加えるか、クレデンシャル {credential} を渡してください',
    ),
)
TWO_URLS = Fault(
    Text("url and url_file are both given", "url と url_file の両方があります"),
    Text("keep one of them", "どちらか一つにしてください"),
)
NO_DATABASE = Fault(
    Text("is no URL of a database that denwa can use", "denwa が使えるデータベースの URL ではありません"),
    Text(
        "write sqlite:////FOLDER/denwa.db or postgresql://USER:PASSWORD@HOST/NAME",
        "sqlite:////フォルダー/denwa.db か postgresql://ユーザー:パスワード@ホスト/名前 と書いてください",
    ),
)
TWO_PASSWORDS = Fault(
    Text("password and password_file are both given", "password と password_file の両方があります"),
    Text("keep one of them", "どちらか一つにしてください"),
)
THE_PASSWORD = Text("the password", "パスワード")
THE_URL = Text("the URL", "URL ")
SECRET_UNREADABLE = Fault(
    Text("{path} cannot be read: {why}", "{path} が読めません: {why}"),
    Text(
        "write {what} into it, readable for the user who runs denwa",
        "{what}を書き、denwa を動かす利用者が読めるようにしてください",
    ),
)
SECRET_EMPTY = Fault(
    Text("the first line of {path} is empty", "{path} の一行目に何もありません"),
    Text("write {what} into its first line", "一行目に{what}を書いてください"),
)
SECRET_OPEN = Fault(
    Text("{path} can be read by every user of this machine", "{path} はこのマシンの誰にでも読めます"),
    Text("chmod o= {path}", "chmod o= {path}"),
)
UNUSED_EXCHANGE = Fault(
    Text("no extension registers at this exchange", "この交換機に登録する内線がありません"),
    Text(
        'write a table [extensions.NAME] with exchange = "{name}"',
        'exchange = "{name}" を含む [extensions.名前] を書いてください',
    ),
)
FOREIGN = Fault(
    Text("{address} is no address of this machine", "{address} はこのマシンのアドレスではありません"),
    Text(
        'write one that `ip -4 address` shows, or "" to have it found',
        '`ip -4 address` に出るものを書くか、"" にして自動で選ばせてください',
    ),
)
TRANSLATED = Fault(
    Text("{address} is no address of this machine", "{address} はこのマシンのアドレスではありません"),
    Text(
        'this is right only where a router passes it on to this machine; else "" has it found',
        'ルーターがこのマシンへ転送する場合だけ使えます。そうでなければ "" にして自動で選ばせてください',
    ),
)
