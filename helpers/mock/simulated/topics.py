"""What a word is about: a small lexicon, so that texts on one subject are near each other."""

from __future__ import annotations

from helpers.mock.simulated.knowledge import COMPLAINT, PRAISE, stem

_TOPICS = """
food: food eat meal dish tasty delicious flavour flavor dinner lunch breakfast restaurant menu cook cooking chef recipe pizza pasta soup bread cheese salad dessert cake chocolate hungry kitchen bake baking fruit apple banana orange lemon vegetable rice sauce spicy sweet yummy supper snack cuisine burger sushi noodle
drink: drink coffee tea water juice wine beer cup bottle thirsty cafe espresso milk
service: service waiter waitress staff server host hospitality customer support helpful attentive
transport: train bus metro subway tram railway station platform track transport transit commute passenger ticket conductor
road: car road drive driver driving traffic highway engine wheel truck bicycle bike motorcycle taxi parking fuel
air: plane flight airport airline fly flying pilot aircraft airplane boarding luggage
lateness: late delay delayed waiting wait punctual schedule timetable cancelled overdue
weather: weather rain rainy sun sunny snow wind windy storm cloud cloudy temperature forecast hot cold warm humid fog degree climate umbrella freezing thunder
animal: animal cat kitten dog puppy bird fish horse cow sheep pet wolf lion tiger elephant mouse rabbit paw tail fur feline canine bark meow zoo
nature: tree forest mountain river lake sea ocean beach flower garden plant leaf grass park hill valley island photosynthesis
software: software code program programming python javascript java bug compiler function developer algorithm computer computing class variable debug script application app database server api git linux
ai: model neural network learning machine training transformer embedding token intelligence ai llm prompt inference dataset gpt chatbot
data: data dataset table statistics number average chart graph analysis query sql
science: science scientist physics chemistry biology experiment theory quantum particle molecule atom energy laboratory research cell gravity
space: space planet star moon rocket orbit astronaut galaxy telescope mars earth universe satellite solar
health: health doctor hospital medicine nurse patient disease sick illness pain treatment vaccine headache symptom drug therapy clinic fever
sport: sport football soccer basketball tennis team match game player goal score coach run running race swim athlete stadium league champion olympic
money: money bank price cost pay payment dollar euro budget invest investment stock market finance loan tax profit salary cheap expensive economy inflation account interest
shopping: shop shopping store buy purchase order product customer refund delivery package cart sale discount shipping return
work: work job office employee manager company business meeting career boss salary colleague project hire interview deadline employment employer unemployment wage
school: school student teacher university class lesson exam homework study education college learn course classroom
family: family mother father parent child children son daughter brother sister baby grandmother grandfather wife husband
music: music song sing singer band guitar piano concert album melody orchestra violin drum jazz tune
film: film movie actor actress cinema director scene theater theatre plot series episode
book: book read reader novel author story library chapter poem write writer literature page
art: art paint painting artist drawing museum sculpture gallery picture photo photograph image sketch
travel: travel trip holiday vacation hotel tourist tour beach luggage visit journey passport sightseeing abroad
city: city town street building capital urban downtown bridge square neighbourhood neighborhood
country: country nation france paris germany berlin italy rome spain madrid england london europe america japan tokyo china abroad border emigrate immigrate exile asylum refugee
law: law lawyer court judge crime police legal contract trial justice jail prison criminal attorney arrest detain detention tribunal
politics: government president election vote politics minister parliament policy political senate democracy party
home: house home room apartment bedroom door window furniture rent roof floor sofa kitchen bathroom
clothing: clothes shirt dress shoe coat jacket hat wear fashion trousers
royalty: king queen prince princess royal throne crown castle monarch
speed: fast quick quickly rapid speed swift hurry
slowness: slow slowly sluggish
largeness: big large huge enormous giant great vast
smallness: small little tiny mini
happiness: happy glad joy cheerful smile pleased delighted
sadness: sad unhappy cry tears grief depressed
anger: angry furious mad rage annoyed upset
love: love adore romantic heart affection kiss marriage
security: password security hack attack privacy encryption login authentication secure
time: hour minute day week month year clock calendar yesterday tomorrow morning evening night
"""  # noqa: E501


def _read() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in _TOPICS.strip().splitlines():
        topic, words = line.split(": ", 1)
        for word in words.split():
            found.setdefault(stem(word), []).append(topic)
    for feeling, known in (("praise", PRAISE), ("complaint", COMPLAINT)):
        for word in sorted(known):
            found.setdefault(stem(word), []).append(feeling)
    return {word: tuple(dict.fromkeys(topics)) for word, topics in found.items()}


_TOPICS_OF_STEM = _read()


def topics_of(word_stem: str) -> tuple[str, ...]:
    """The topics that a word, given without its ending, belongs to; mostly none or one."""
    return _TOPICS_OF_STEM.get(word_stem, ())
