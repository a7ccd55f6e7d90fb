# ruff: noqa: E501 (one line a row of the table, however long)
"""Conversations, policies and FAQ of the Chinese side; written as in conversations_en."""

AGENTS = ("小林", "阿岚", "小周", "晓雯")

SCRIPTS = """
# order_status | travelling | resolved | 4-5
C: 你好，我的订单{order}到哪儿了？ | 请问{order}发货了吗？现在到哪了？ | 我{ordered}下的单，单号{order}，怎么还没到呀？ | Hi，我的order {order}到哪了？tracking一直没更新。
B: 您好，我帮您查一下。请提供一下下单时用的邮箱。 | 好的，马上为您查询。为了核实身份，请告诉我订单上的邮箱。
C: {email}
B: 谢谢。订单{order}是{ordered}下单的，已经在路上了，一般2到6天送达。 | 核实好了。您{ordered}的订单已经从仓库发出，通常2到6天能收到。
C: 好的，谢谢！ | 知道了，那我再等等。 | 行，麻烦你了。

# order_status | arrived | resolved | 3-5
C: {order}显示签收了，可我没收到啊。 | 我的快递{order}是不是丢了？物流不更新了。
B: 您先别着急，我来核实。请问下单的邮箱是？
C: {email}
B: 谢谢。物流显示{order}已于{delivered}送达。麻烦您问一下家人、邻居或者驿站，有时候会代收。 | 查到了，{delivered}已经妥投，可能放在驿站或由邻居代收了，您方便看一下吗？
C: 找到了，在驿站呢，不好意思。 | 哦，是我妈帮我收了，谢谢。 | 真的在门卫那儿，谢谢啦。

# order_status | travelling | unresolved | 1-2
C: {order}到哪了？ | 查一下{order}。 | {order}怎么还没到？
B!pii_before_identity_check: 订单{order}的收货人是{name}，金额{amount}，已经发货。 | 您好{name}，您{ordered}的订单共{amount}，正在配送中。
C: 我还没说我是谁，你怎么就把名字报出来了？到底哪天到？
B!repeated_question: 请提供一下您的订单号。
C: 第一句就写了啊…… | 上面不是有吗？浪费时间。
B: 不好意思，我没有听懂您的问题。

# order_status | arrived | resolved | 2-4
C: 帮我看下{order}的状态，邮箱{email}。 | {order}送到了吗？我的邮箱是{email}。 | 麻烦查下{order}，下单邮箱{email}。
B!wrong_order_fact: 您好，订单{order}已于{wrong_date}送达。 | 查到了，{wrong_date}已经签收。
C: 不对吧，那天我根本没收到东西。
A: 您好，我是客服{agent}。非常抱歉，刚才说错了，物流记录是{delivered}送达的。
C: 这就对了，谢谢{agent}。 | 嗯，这个日期是对的。

# order_status | waiting | resolved | 4-5
C: 我{ordered}下的单{order}，发货了没？ | 请问{order}出库了吗？
B: 我帮您看看，请提供下单的邮箱。
C: {email}
B: 谢谢。订单正在打包，还没有出库。发出后会给您发物流短信。
C: 好的，不急。 | 好，谢谢。

# delivery_time | none | resolved | 4-5
C: 今天下单的话，几天能到？ | 你们一般多久发货？
B: 工作日下午两点前的订单当天发出，2到6天送达。
C: 运费怎么算？
B: 满99元包邮，不满的话运费8元。
C: 明白了，谢谢。 | 好的，我凑个单。

# delivery_time | none | unresolved | 1-3
C: 我周五过生日要用，{product}周五前能到吗？ | {product}是送人的，周末之前能收到吗？
B!forbidden_promise: 可以的，保证周五前送到。 | 没问题，我们承诺周五一定送达。
C: 你确定？上次等了一个星期。
B!unanswered_question: 本店商品种类丰富，您还可以看看其他商品。
C: 你没回答我的问题。 | 算了。

# delivery_time | late | handed_off | 3-5
C: {order}昨天就该到了，我明天要出门旅行，急！ | {order}怎么还没送到？明天家里就没人了。
B: 非常抱歉。请您提供一下订单的邮箱。
C: {email}，能不能转人工？
B: 好的，马上为您转接人工客服。
A: {name}您好，我是{agent}。我已经联系快递把{order}先存放到您附近的驿站，等您回来再取，您看可以吗？
C: 可以可以，太感谢了！ | 行，这样最好，辛苦了。

# refund | arrived | resolved | 4-5
C: 订单{order}里的{product}不太合适，想退货退款。 | {product}我不想要了，怎么退？订单{order}。
B: 签收30天内、未使用的商品可以退。请问订单的邮箱是？
C: {email}
B: 好的，退货单已经发到这个邮箱。我们收到退件后，5个工作日内退款。
C: 退货要运费吗？
B: 不用，退货运费由我们承担。
C: 好，谢谢。 | 挺方便的，谢谢啦。

# refund | refunded | resolved | 4-5
C: {order}我已经退回去了，钱退了吗？ | 请问{order}的退款什么时候到账？
B: 我来查一下，请提供下单时的邮箱。
C: {email}
B: 谢谢。订单{order}已退款{amount}，银行入账可能还要几天。
C: 看到了，谢谢。 | 好的，我再留意一下。

# refund | refunded | unresolved | 1-2
C: {order}的退款呢？邮箱{email}。 | {order}退了好多天了，钱还没到，邮箱{email}。
B!wrong_order_fact: 订单{order}已退款{wrong_amount}。 | 已为您退款{wrong_amount}。
C: 我付的是{amount}，不是{wrong_amount}！
B!repeated_question: 请问您下单用的邮箱是？
C: 我刚发过了，能不能看一眼？ | 算了，我找平台投诉。

# refund | refunded/fragile | handed_off | 2-4
C: {product}收到就是坏的，要退款，订单{order}。 | {order}的{product}碎了，怎么处理？
B: 实在抱歉。麻烦您提供订单的邮箱，再拍张照片给我们。
C: {email}，照片发了。
B: 收到。破损退款要由人工客服审核，我现在帮您转接。
A: {name}您好，我是{agent}。照片我看到了，退款已经批准，东西不用寄回。
C: 处理得挺快，谢谢{agent}。 | 好的，下次包装严实点吧。

# refund | arrived | unresolved | 1-2
C: 我要退{product}，订单{order}。 | {order}里的{product}想退掉，怎么操作？
B!policy_step_missing: 好的，已经退款{amount}。 | 没问题，{amount}马上退给您。
C: 不用寄回来吗？怎么还没到账？
B!unanswered_question: 请问还有其他可以帮您的吗？
C: 我问的你没回答啊！ | 没有，答非所问。

# exchange | arrived/sized | resolved | 4-5
C: {order}的{product}买小了，能换大一码吗？ | 想换个尺码，{product}，订单{order}。
B: 可以，30天内免费换货。请问订单的邮箱是？
C: {email}
B: 好的，大一码已经为您留好，退货单发到邮箱了。快递揽收后我们马上寄出新的。
C: 太好了。 | 比想象中简单，谢谢。

# exchange | arrived/coloured | handed_off | 3-5
C: 颜色发错了！订单{order}，{product}。 | 你们把{product}的颜色发错了，单号{order}。
B: 非常抱歉。请提供一下订单的邮箱。
C: {email}
B: 谢谢，我帮您转给能查仓库的同事。
A: 您好，我是{agent}。对的颜色有货，今天就补发，发错的那件等退货单到了再寄回就行。
C: 好的，谢谢处理。 | 服务不错，谢谢。

# exchange | arrived | unresolved | 2-3
C: 我买的{product}能换成{other}吗？单号{order}。 | {order}的{product}我想换成{other}，可以吗？
B: 同款商品可以换尺码或颜色。
C: 那就是不能换{other}了？
B!unanswered_question: 30天内换货免运费。
C: 你这等于没说。 | 行吧，我退了重买。

# product_question | none | resolved | 4-5
C: 请问{product}的{label}是什么？ | 想了解一下{product}，{label}是？
B: {product}的{label}是{value}。 | 您好，{label}：{value}。
C: 好的，谢谢。 | 明白了，我下单。

# product_question | none/in_stock | resolved | 4-5
C: 在吗？{product}还有货吗？ | {product}有现货没？
B: 有货的，价格是{price}。 | 有现货，{price}。
C: {label}呢？
B: {label}：{value}。
C: 谢谢，拍了。 | 好，谢谢。

# product_question | none | unresolved | 1-3
C: {product}多少钱？ | {product}什么价？
B!wrong_product_fact: {product}现价{wrong_price}。 | 您好，{wrong_price}。
C: 页面上写的是{price}，到底哪个对？
B!unanswered_question: 所有价格均已含税。
C: 我问的不是这个。

# product_question | none | handed_off | 3-5
C: {product}和{other}搭不搭？拿不准。 | {product}和{other}，哪个更好一点？
B: 我只能介绍商品页写明的信息，要不要为您转人工客服？
C: 好的，转吧。 | 嗯，转人工。
A: 您好，我是{agent}。两款都不错，页面上写的{product}的{label}是{value}，供您参考。
C: 有用，谢谢{agent}！

# product_question | none/edible | resolved | 3-5
C: 我容易过敏，{product}里面有没有什么要注意的？ | {product}过敏体质的人能用吗？
B: {product}的页面没有写明这一项，我已经请同事补充。
C: 好吧，至少没有乱说，谢谢。 | 行，有消息告诉我。
A: 您好，我是{agent}。我们已经向厂家确认，有结果马上告诉您。

# complaint | arrived/durable | handed_off | 2-4
C: 太失望了，{product}用了一个星期就坏了，订单{order}。 | {order}的{product}质量太差了，{amount}就买了这个？
B: 非常抱歉给您带来不好的体验。需要为您转人工客服吗？
C: 转。
A: {name}您好，我是{agent}，实在抱歉。麻烦提供一下邮箱，我来打开订单。
C: {email}
A: 谢谢。这个在质保范围内，今天给您补发一件新的，旧的不用寄回。
C: 好的，态度还可以。 | 这样处理我能接受。

# complaint | arrived | unresolved | 1-1
C: 第二次了，包裹又是拆开的，订单{order}，你们怎么解决？ | {order}的盒子又是破的，上次也这样，怎么办？
B!slow_first_response: 给您带来不便，非常抱歉。
C: 等了半个小时就回这么一句？我要人工。
B!handoff_ignored: 理解您的心情，请您再描述一下问题好吗？ | 我会尽力帮您，请问遇到了什么问题？
C!sentiment_fall: 我说了要人工！没见过这么差的店。 | 再不转人工我就打12315了。
B!handoff_ignored: 感谢您的反馈。

# complaint | arrived/several | resolved | 3-4
C: {order}少发了一件。 | 我的包裹{order}里东西不全。
B: 抱歉。请问订单的邮箱是？
C: {email}
B: 谢谢。剩下的那件走的是第二个包裹，晚一天发出，很快就到。
C: 哦，没人通知我，好的。 | 行，下次说一声。

# invoice | arrived | resolved | 4-5
C: {order}需要开发票。 | 麻烦开一张{order}的发票，公司报销用。
B: 好的。请问订单的邮箱是？
C: {email}
B: 谢谢。{order}的电子发票（{amount}）已经发到您的邮箱。 | 已经开好，金额{amount}，请查收邮箱。
C: 收到，谢谢。 | 好的，看到了。

# invoice | arrived | handed_off | 3-5
C: {order}的发票抬头要改成公司的，还要加税号。 | {order}的发票抬头开错了，能改吗？
B: 已开的发票需要财务同事修改，我帮您转接好吗？
C: 好。
A: 您好，我是{agent}。麻烦把邮箱和税号发给我，我来重开。
C: {email}，税号稍后发您邮件。
A: 好的，今天之内把新发票发给您。

# invoice | arrived | unresolved | 2-3
C: 请把{order}的发票发到{email}。 | {order}的发票一直没收到，邮箱{email}。
B!wrong_order_fact: 已发送，发票金额{wrong_amount}。 | 您的发票已开，金额{wrong_amount}。
C: 我明明付了{amount}，你发的是谁的发票？
B: 抱歉，这个问题我帮不了您。

# cancel | cancelled | resolved | 4-5
C: 拍错了，{order}想取消。 | 麻烦取消一下订单{order}。
B: 还没出库，可以取消。请提供订单的邮箱。
C: {email}
B: 谢谢。{order}已经取消，{amount}会在5个工作日内原路退回。
C: 好快，谢谢。 | 谢谢！

# cancel | cancelled | resolved | 4-5
C: {order}取消成功了吗？邮箱{email}。 | {order}我申请取消了，弄好了吗？邮箱{email}。
B: 是的，您{ordered}的订单{order}已经取消，不会扣款。 | 已经取消了，请放心。
C: 好的。 | 谢谢。

# cancel | travelling | unresolved | 1-3
C: {order}帮我取消，别家更便宜。邮箱{email}。 | {order}不要了，取消吧，邮箱{email}。
B!wrong_order_fact: 好的，订单{order}已取消。 | {order}已经为您取消了。
C: 那我怎么收到发货短信了？
B: 包裹好像已经在路上了，您可以拒收，或者免费退回。
C: 所以根本没取消，那你刚才为什么说取消了？ | 没取消就别说取消了。

# cancel | travelling | handed_off | 3-4
C: {order}现在取消还来得及吗？ | {order}还能拦下来吗？不想要了。
B: 我看一下，请提供下单的邮箱。
C: {email}
B: 包裹已经发出，人工客服可以尝试拦截，请稍等。
A: {name}您好，我是{agent}。已经通知快递拦截退回，如果还是送到了，直接拒收就可以。
C: 好的，谢谢。 | 行，辛苦了。

# account | none | resolved | 4-5
C: 怎么改收货地址？ | 收货地址怎么换成新的？ | 我搬家了，地址在哪里改？
B: 在“我的账户”里的“地址”修改。已经发出的订单改不了。
C: 找到了，谢谢。 | 好的。

# account | none | resolved | 4-5
C: 别再给我发广告邮件了。 | 怎么退订邮件？
B: 每封邮件最下面都有退订链接，需要我帮您退订吗？
C: 帮我退吧：{email}
B: 已经退订，之后不会再收到了。
C: 谢谢。

# payment | none | resolved | 4-5
C: 可以货到付款吗？ | 支持哪些付款方式？ | 能用对公转账吗？
B: 支持银行卡、转账和货到付款，企业客户可以对公转账。
C: 好，谢谢。 | 那我用银行卡。
"""

SMALL_TALK = ("你好，", "在吗？", "您好，", "有人吗？", "", "")
ALREADY_GREETS = ("你好", "您好", "在吗", "请问", "Hi")

POLICIES = {
    "identity": [
        "告知任何订单信息之前，先请顾客提供订单号和下单邮箱。",
        "没有核实身份的人，不能告诉他地址和完整姓名。",
    ],
    "refund": [
        "签收30天内、未使用的商品可以退款。",
        "谈退款之前，先问订单号和邮箱。",
        "商品破损的退款只能由人工客服看过照片后批准。",
        "收到退件后5个工作日内退款。",
    ],
    "exchange": ["签收30天内，同款商品换尺码、换颜色免运费。"],
    "delivery": [
        "送达需要2到6天，不得承诺或保证具体送达日期。",
        "满99元包邮，不满99元收运费8元。",
    ],
    "cancel": ["出库之前可以取消订单；出库之后请建议顾客拒收或退货。"],
    "handoff": [
        "顾客要求人工客服时，马上转接，不追问原因。",
        "连续两次回答没有解决问题，或者顾客提到投诉、律师、12315，转人工。",
    ],
    "tone": ["营业时间内，5分钟之内回复第一条消息。"],
    "products": ["只说商品页写明的信息；没有写明的，如实告知并请同事补充。"],
    "invoice": ["已经开出的发票，只能由财务修改。"],
}

FAQ = [
    ("多久能送到？", "工作日下午两点前的订单当天发出，2到6天送达。"),
    ("运费怎么算？", "满99元包邮，不满99元收运费8元。"),
    ("送到哪些地方？", "全国都可以送达，也可以寄到新加坡和马来西亚。"),
    ("怎么查物流？", "包裹出库后会收到带物流链接的短信，也可以在“我的订单”里查看。"),
    ("可以退货吗？", "可以。签收30天内、未使用的商品都能退，退货运费由我们承担。"),
    ("退款多久到账？", "我们收到退件后5个工作日内退款，银行入账可能还要几天。"),
    ("可以换货吗？", "同款商品30天内可以免费换尺码或颜色。"),
    (
        "收到的东西坏了怎么办？",
        "请拍照并附上订单号发给我们，人工客服审核后退款或补发，一般当天处理。",
    ),
    ("可以取消订单吗？", "出库之前可以取消；已经出库的，可以拒收或者免费退回。"),
    ("有哪些付款方式？", "支持银行卡、转账和货到付款，企业客户可以对公转账。"),
    ("发票在哪里？", "电子发票会随发货通知发到邮箱，也可以随时找我们补发。"),
    ("发票抬头可以改吗？", "可以。请把订单号和税号发给我们，由财务重新开具。"),
    ("怎么改收货地址？", "在“我的账户”里的“地址”修改；还没出库的订单请联系客服。"),
    ("怎么退订邮件？", "每封邮件最下面都有退订链接，也可以让客服帮您退订。"),
    ("尺码怎么选？", "每件衣服都列出了可选尺码。如果在两个尺码之间，建议选大一码，换货免费。"),
    ("茶叶怎么保存？", "放在阴凉干燥处，密封、避光。每款茶都标明了保质期。"),
    ("可以包装成礼物吗？", "可以。在购物车里选择礼品包装，每个包裹12元。"),
    ("怎么找人工客服？", "随时说“人工”就可以。周一到周五9点到18点，马上有人接待。"),
]
