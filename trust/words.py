"""What a refusal says on a terminal or in a letter: what happened, and what to do. What a caller hears is the service's."""

from dataclasses import dataclass

from exchange.network.dialplan import Language
from exchange.network.dialplan.phrases import TITLE_RETURN, Phrase
from trust.answers import Reason, Refused


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, and what to do."""

    what: Phrase
    remedy: Phrase


_WIDEN = Phrase(
    en="Ask again after {when}; the operator can widen {key} in [trust].",
    ja="{when} を過ぎてから、もう一度お試しください。運用者は [trust] の {key} を増やせます。",
)
_ASK_OPERATOR = Phrase(
    en="If it is to be rung, the operator writes its prefix, or the whole number, into [trust] allow.",
    ja="呼び出してよい番号なら、運用者がそのプレフィクスか番号全体を [trust] の allow に書きます。",
)
_PASTE = Phrase(
    en="The operator of {exchange} pastes what `denwa dialplan` prints under «{title}»; denwa's configuration has the trunk "
    'as [exchanges.{exchange}] trunks = {{ "{trunk}" = "PREFIX" }}.',
    ja="{exchange} の運用者が、`denwa dialplan` の「{title}」の内容を交換機に貼り付けます。denwa の設定にはトランクを"
    ' [exchanges.{exchange}] trunks = {{ "{trunk}" = "プレフィクス" }} と書きます。',
)
_BOOK_FROM_IT = Phrase(
    en="Book from that telephone itself: it is rung once and told a code; dial 7 and the code from there.",
    ja="その電話機から予約してください。一度だけ電話してコードをお伝えするので、その電話機から 7 に続けてコードをダイヤルします。",
)

WORDS: dict[Reason, Words] = {
    Reason.WITHHELD: Words(
        Phrase(en="The caller's number is withheld.", ja="発信者番号が非通知です。"),
        Phrase(en="Call again with the number shown.", ja="番号を通知しておかけ直しください。"),
    ),
    Reason.CLAIM: Words(
        Phrase(
            en="The call did not come from an exchange that denwa is registered with.",
            ja="denwa が登録している交換機からの着信ではありません。",
        ),
        Phrase(
            en="Call by way of the exchange {exchange}.", ja="交換機 {exchange} を経由しておかけください。"
        ),
    ),
    Reason.UNKNOWN_TRUNK: Words(
        Phrase(
            en="No prefix is known for the trunk «{trunk}» of {exchange}, so callers by it cannot be called back.",
            ja="{exchange} のトランク「{trunk}」のプレフィクスが分からないので、そこからの発信者にはかけ直せません。",
        ),
        _PASTE,
    ),
    Reason.NUMBER_LOST: Words(
        Phrase(
            en="The trunk «{trunk}» of {exchange} brings its account's name in the place of callers' numbers.",
            ja="{exchange} のトランク「{trunk}」からは、発信者番号の代わりにアカウント名が届きます。",
        ),
        Phrase(
            en="The operator of the exchange behind it disables «fromuser» of its trunk to {exchange}.",
            ja="その先の局の運用者が、{exchange} へのトランクの fromuser を無効にします。",
        ),
    ),
    Reason.NO_RETURN_PREFIX: Words(
        Phrase(
            en="{exchange} shows callers by the trunk «{trunk}» without its prefix, so they cannot be called back.",
            ja="{exchange} では、トランク「{trunk}」からの発信者番号にプレフィクスが付かないので、かけ直せません。",
        ),
        _PASTE,
    ),
    Reason.NO_EXCHANGE: Words(
        Phrase(
            en="There is no exchange {exchange} any more.", ja="交換機 {exchange} の設定がもうありません。"
        ),
        Phrase(
            en="Cancel it, or configure [exchanges.{exchange}] again.",
            ja="取り消すか、[exchanges.{exchange}] を再び設定してください。",
        ),
    ),
    Reason.NOT_A_NUMBER: Words(
        Phrase(
            en="It is no number that may be rung: digits only.",
            ja="呼び出せる番号ではありません (数字だけです)。",
        ),
        Phrase(en="Give the number as it is dialled.", ja="ダイヤルするとおりの番号にしてください。"),
    ),
    Reason.OWN_NUMBER: Words(
        Phrase(en="It is a number of denwa's own.", ja="denwa 自身の番号です。"),
        Phrase(en="Give a telephone's number.", ja="電話機の番号にしてください。"),
    ),
    Reason.EMERGENCY: Words(
        Phrase(
            en="It is an emergency number, or looks like one: it is never rung.",
            ja="緊急通報の番号か、それに見える番号なので、決して呼び出しません。",
        ),
        Phrase(
            en="If it is a telephone, the operator writes the whole number into [trust] allow.",
            ja="電話機の番号なら、運用者が番号全体を [trust] の allow に書きます。",
        ),
    ),
    Reason.DENIED: Words(
        Phrase(
            en="The operator wrote its prefix into [trust] deny.",
            ja="運用者が [trust] の deny に書いた番号です。",
        ),
        _ASK_OPERATOR,
    ),
    Reason.NOT_ALLOWED: Words(
        Phrase(
            en="It is neither a telephone of {exchange} nor behind one of its trunks.",
            ja="{exchange} の電話機でも、トランクの先の番号でもありません。",
        ),
        _ASK_OPERATOR,
    ),
    Reason.TOO_FAR: Words(
        Phrase(
            en="It leads through more exchanges than are allowed.",
            ja="経由する交換機の数が多すぎます。",
        ),
        Phrase(
            en="Call by a shorter way; the operator can raise [trust] hop_depth.",
            ja="もっと短い経路でおかけください。運用者は [trust] の hop_depth を増やせます。",
        ),
    ),
    Reason.CIRCLE: Words(
        Phrase(
            en="It leads through one exchange twice, or back to ours.",
            ja="同じ交換機を二度通るか、こちらへ戻ってくる番号です。",
        ),
        Phrase(en="Call by the direct way.", ja="直接の経路でおかけください。"),
    ),
    Reason.OPTED_OUT: Words(
        Phrase(
            en="Nobody may ring this telephone: that was asked for.",
            ja="この電話機は、呼び出さないように申し出がありました。",
        ),
        Phrase(
            en="Take it back from that telephone itself, or let the operator run: denwa trust optin NUMBER",
            ja="その電話機から取り消すか、運用者が denwa trust optin 番号 を実行します。",
        ),
    ),
    Reason.UNPROVED: Words(
        Phrase(
            en="It has not been proved that this telephone wants to be rung.",
            ja="この電話機が呼び出しを望むことが、まだ確認されていません。",
        ),
        _BOOK_FROM_IT,
    ),
    Reason.NO_CONSENT: Words(
        Phrase(
            en="This telephone has not consented to be rung for another one's alarms.",
            ja="この電話機は、ほかの電話機のアラームで呼び出されることを、まだ承諾していません。",
        ),
        Phrase(
            en="It is asked once, by day: dial 7 and the code that it hears from there, or let the operator book.",
            ja="昼間に一度だけ電話してお尋ねします。その電話機から 7 に続けてコードをダイヤルするか、運用者が予約します。",
        ),
    ),
    Reason.PROVED_ALREADY: Words(
        Phrase(en="The number needs no proof now.", ja="この番号は、今は確認の必要がありません。"),
        Phrase(en="Book without one.", ja="そのまま予約できます。"),
    ),
    Reason.PROVING_LATELY: Words(
        Phrase(
            en="This telephone is not rung for a proof now: only by day, and once in 24 hours.",
            ja="この電話機に確認の電話をかける時ではありません。昼間に、24 時間に一度だけです。",
        ),
        Phrase(
            en="Dial 7 and the code that was spoken; a new one can be had after {when}.",
            ja="お伝えしたコードを 7 に続けてダイヤルしてください。新しいコードは {when} を過ぎてからです。",
        ),
    ),
    Reason.SOURCE_QUOTA: Words(
        Phrase(
            en="This telephone has booked as often as it may.",
            ja="この電話機から予約できる回数を超えました。",
        ),
        _WIDEN,
    ),
    Reason.TARGET_QUOTA: Words(
        Phrase(
            en="This telephone has been rung as often as it may be.",
            ja="この電話機を呼び出せる回数を超えました。",
        ),
        _WIDEN,
    ),
    Reason.TRUNK_QUOTA: Words(
        Phrase(
            en="By the trunk «{trunk}» of {exchange} as much was done as may be.",
            ja="{exchange} のトランク「{trunk}」で行える回数を超えました。",
        ),
        _WIDEN,
    ),
    Reason.TOTAL_QUOTA: Words(
        Phrase(en="As much was done in all as may be.", ja="全体で行える回数を超えました。"),
        _WIDEN,
    ),
    Reason.NO_CODE: Words(
        Phrase(
            en="No code waits to be confirmed by this telephone.",
            ja="この電話機で確認を待っているコードはありません。",
        ),
        Phrase(
            en="Dial it within 24 hours, from the telephone that was rung; else book again.",
            ja="電話のあった電話機から、24 時間以内にダイヤルしてください。過ぎたら、もう一度予約してください。",
        ),
    ),
    Reason.WRONG_CODE: Words(
        Phrase(en="The code is wrong.", ja="コードが違います。"),
        Phrase(en="Dial 7 and the code again.", ja="7 に続けて、もう一度コードをダイヤルしてください。"),
    ),
    Reason.CODE_LOCKED: Words(
        Phrase(
            en="Wrong codes were dialled too often: this one is locked.",
            ja="違うコードが何度もダイヤルされたので、このコードは使えなくなりました。",
        ),
        Phrase(
            en="Ask for a new code after {when}; it is longer, so that nobody can lock it in time.",
            ja="{when} を過ぎてから、新しいコードを受けてください。長いので、すぐにダイヤルすれば使えます。",
        ),
    ),
}
"""Every reason's words."""

_KEYS = {
    Reason.SOURCE_QUOTA: "per_source",
    Reason.TARGET_QUOTA: "per_target",
    Reason.TRUNK_QUOTA: "per_trunk",
    Reason.TOTAL_QUOTA: "in_all",
}


def said(refused: Refused, language: Language) -> str:
    """A refusal in two lines: what happened, and what to do."""
    words = WORDS[refused.reason]
    until_utc = refused.retry_after_utc
    values = {
        "exchange": refused.exchange,
        "trunk": refused.trunk,
        "key": _KEYS.get(refused.reason, ""),
        "title": TITLE_RETURN.say(language),
        "when": until_utc.strftime("%Y-%m-%d %H:%M UTC") if until_utc else "",
    }
    return f"{words.what.say(language, **values)}\n    → {words.remedy.say(language, **values)}"
