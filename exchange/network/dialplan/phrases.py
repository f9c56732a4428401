"""What the explanations say, in Japanese and English."""

from dataclasses import dataclass

from exchange.network.dialplan.request import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence in both languages, with named places to fill."""

    ja: str
    en: str

    def say(self, language: Language, **values: object) -> str:
        """The sentence in this language."""
        return (self.ja if language is Language.JAPANESE else self.en).format(**values)


MODEL_ONLY = Phrase(
    ja="この部分は、MikoPBX を模した実験用の交換機 (Asterisk) で試したもので、本物の MikoPBX では未確認です。",
    en="Tried on our model of MikoPBX (a real Asterisk with MikoPBX's contexts), not on a MikoPBX itself.",
)

TITLE_EXTENSION = Phrase(
    ja="内線 {extension} で同時に {max_calls} 通話まで受ける",
    en="Let the extension {extension} take {max_calls} calls at once",
)
TITLE_NUMBERS = Phrase(
    ja="サービスの番号を内線 {extension} につなぐ",
    en="Send the services' numbers to the extension {extension}",
)
TITLE_HEADERS = Phrase(
    ja="どの局から、どの番号にかかったかを伝える", en="Tell which exchange called, and what it dialled"
)
TITLE_RETURN = Phrase(
    ja="かけ直せる発信者番号にする (局ごとのプレフィクス)",
    en="Show callers' numbers so that they can be dialled back (each neighbour's prefix)",
)
TITLE_HOP = Phrase(
    ja="かけ直せる発信者番号にする (ホップの {hop_prefix})",
    en="Show callers' numbers so that they can be dialled back (the hop's {hop_prefix})",
)
TITLE_TRUNK = Phrase(
    ja="トランク {endpoint} からの着信を専用のコンテキストで受ける",
    en="Take calls from the trunk {endpoint} in a context of its own",
)

BUSY_GATE = Phrase(
    ja="device_state_busy_at がないと、1 通話目の間、内線 {extension} への 2 人目は話中になります。",
    en="Without device_state_busy_at the second caller of {extension} hears busy while the first one talks.",
)
DIRECT_DIAL = Phrase(
    ja="ダイヤルされた番号が全桁そのまま届くので、一つの内線で複数の番号を受けられます。",
    en="All the digits dialled arrive, so that one extension serves several numbers.",
)
INCOMING_ROUTE = Phrase(
    ja="他局からも使えるように、トランクの着信ルートを「従業員に直接 (DID による一致)」にしてください。",
    en="For callers from other exchanges, set the trunk's incoming route to «Route to extension (match by DID)».",
)
FROM_USER = Phrase(
    ja="発信者番号がトランク名 (SIP-TRUNK-…) で届く局では、相手側でトランクの fromuser を無効にしてもらう必要があります。"
    "それまでは番号が分からないので、何も付けません。",
    en="A neighbour whose callers arrive as SIP-TRUNK-… must disable «fromuser» of its trunk to you; until then "
    "their number is lost, and nothing is put before it.",
)
SAME_NUMBER = Phrase(
    ja="fromuser を無効にすると、発信者と同じ番号の内線が自局にもある場合、Asterisk は自局の内線からの発信とみなして"
    "拒否します (403)。",
    en="With «fromuser» disabled, a caller whose number is also one of your own extensions is taken for that "
    "extension and refused (403).",
)
RELOAD = Phrase(
    ja="すべて貼り付けたら asterisk -rx 'core reload' で反映します。",
    en="When all is pasted, apply it with: asterisk -rx 'core reload'",
)
BOTH_PARTS = Phrase(
    ja="次の部分 (ホップ) と合わせて使います。途中のどの局も同じようにして初めて、二つ以上先の局へかけ直せます。",
    en="Use it together with the hop's part. Callers from beyond a neighbour can be called back only where every "
    "exchange on the way does the same.",
)
CONTEXT_NAME = Phrase(
    ja="コンテキスト名はトランクの ID に -incoming-custom を付けたものです。同じホストに複数のトランクがあると"
    "名前が異なります (dialplan show で確認できます)。",
    en="The context is the trunk's id and -incoming-custom; where several trunks go to one host MikoPBX names it "
    "otherwise («dialplan show» tells).",
)
HOP_REPLACES = Phrase(
    ja="ホップ用のダイヤルプランアプリケーション ({hop_prefix} で始まる番号) をすでに作ってあれば、削除してください。"
    "残すと、これより先に使われます。MikoPBX の画面では番号に「.」を使えないので、ここに書きます。",
    en="If you made a dialplan application for the hop (a number that begins with {hop_prefix}), delete it: it "
    "would go before these lines. They stand here because MikoPBX's form takes no «.» in a number.",
)
HOP_FILE_REPLACES = Phrase(
    ja="このファイルの内容をすべて置き換えます。元と同じく、取り次ぐ前に応答します。",
    en="It replaces the whole file. As before, the exchange answers before it passes a call on.",
)
PASSWORD = Phrase(
    ja="{placeholder} を、denwa の設定と同じパスワードに書き換えてください。",
    en="Put the password of denwa's configuration in the place of {placeholder}.",
)
QUICKSTART_NUMBERS = Phrase(
    ja="asterisk-quickstart の route.conf に同じ番号 (117, 147, 186) があれば、その行を消してください。",
    en="Delete asterisk-quickstart's own lines of the same numbers (117, 147, 186) from route.conf.",
)
OTHER_LAYOUT = Phrase(
    ja="asterisk-quickstart 以外では、電話機とトランクが使うコンテキスト (ここでは default) に入れてください。",
    en="In another layout: into the context that your telephones and trunks use (here: default).",
)
SHARED_TRUNK = Phrase(
    ja="複数の局が同じアカウント (SIP-TRUNK-INBOUND) で登録していると、どの局か区別できません。局ごとに分けてください。",
    en="Neighbours that share one account (SIP-TRUNK-INBOUND) cannot be told apart: give each its own.",
)

SERVICE_SHADOWS = Phrase(
    ja="注意: {prefix} + {digits} 桁{or_more}の番号は {service} ({pattern}) につながり、局番 {prefix} の局へは"
    "届かなくなります。",
    en="Mind: {prefix} + {digits} digits{or_more} reach {service} ({pattern}), no longer the exchange {prefix}.",
)
PREFIX_SHADOWS = Phrase(
    ja="注意: {prefix} + {digits} 桁{or_more}の番号は局番 {prefix} の局につながり、{service} ({pattern}) へは"
    "届きません。",
    en="Mind: {prefix} + {digits} digits{or_more} reach the exchange {prefix}, not {service} ({pattern}).",
)
HOP_CLASH = Phrase(
    ja="注意: {service} ({pattern}) の番号は局間ホップの {prefix} と重なっています。",
    en="Mind: the numbers of {service} ({pattern}) overlap with the hop's prefix {prefix}.",
)
OR_MORE = Phrase(ja="以上", en=" or more")
NARROWER = Phrase(
    ja="困る場合は、denwa の設定で番号の範囲を狭めてください (例: 7[0-2]XXX)。",
    en="If that hurts, narrow the range in denwa's configuration (for example 7[0-2]XXX).",
)
NO_SHADOW = Phrase(
    ja="設定にある局番 ({prefixes}) とは重なりません。",
    en="No number of these overlaps with the prefixes in the configuration ({prefixes}).",
)
NO_PREFIXES = Phrase(
    ja="局番が設定にないので、重なりは調べていません。",
    en="The configuration names no prefixes of neighbours, so overlaps were not looked for.",
)

IN_EXTENSION = Phrase(
    ja="MikoPBX: 従業員 → {extension} → SIP 設定 → 追加パラメータ (追加オプション)",
    en="MikoPBX: Extensions → {extension} → SIP settings → Additional parameters",
)
IN_CUSTOM_FILE = Phrase(
    ja="MikoPBX: システム → システムファイルのカスタマイズ → extensions.conf → ファイルの最後に追加",
    en="MikoPBX: System → System file customization → extensions.conf → Append to end of file",
)
IN_FILE = Phrase(ja="Asterisk: {path}", en="Asterisk: {path}")
IN_ENDPOINT = Phrase(
    ja="Asterisk: config/pjsip/external/*.conf の、トランク {endpoint} の type = endpoint の節 (元の context は消す)",
    en="Asterisk: config/pjsip/external/*.conf, the endpoint of the trunk {endpoint} (in place of its context)",
)
