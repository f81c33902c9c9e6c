"""The few words that the simulated model knows: places, people, languages, currencies, domains."""

# Word lists read better as text than as lists of quoted words.
# ruff: noqa: SIM905

from functools import lru_cache

# city: country | time zone | state where a "City, ST" form is usual
_CITIES = """
Abuja: Nigeria|Africa/Lagos
Accra: Ghana|Africa/Accra
Addis Ababa: Ethiopia|Africa/Addis_Ababa
Amsterdam: Netherlands|Europe/Amsterdam
Athens: Greece|Europe/Athens
Atlanta: USA|America/New_York|GA
Auckland: New Zealand|Pacific/Auckland
Austin: USA|America/Chicago|TX
Bangkok: Thailand|Asia/Bangkok
Barcelona: Spain|Europe/Madrid
Beijing: China|Asia/Shanghai
Bengaluru: India|Asia/Kolkata
Berlin: Germany|Europe/Berlin
Bogotá: Colombia|America/Bogota
Boston: USA|America/New_York|MA
Brussels: Belgium|Europe/Brussels
Budapest: Hungary|Europe/Budapest
Buenos Aires: Argentina|America/Argentina/Buenos_Aires
Cairo: Egypt|Africa/Cairo
Cape Town: South Africa|Africa/Johannesburg
Chicago: USA|America/Chicago|IL
Copenhagen: Denmark|Europe/Copenhagen
Dakar: Senegal|Africa/Dakar
Dallas: USA|America/Chicago|TX
Delhi: India|Asia/Kolkata
Denver: USA|America/Denver|CO
Dubai: United Arab Emirates|Asia/Dubai
Dublin: Ireland|Europe/Dublin
Edinburgh: United Kingdom|Europe/London
Frankfurt: Germany|Europe/Berlin
Geneva: Switzerland|Europe/Zurich
Hamburg: Germany|Europe/Berlin
Hanoi: Vietnam|Asia/Ho_Chi_Minh
Helsinki: Finland|Europe/Helsinki
Hong Kong: China|Asia/Hong_Kong
Houston: USA|America/Chicago|TX
Istanbul: Turkey|Europe/Istanbul
Jakarta: Indonesia|Asia/Jakarta
Johannesburg: South Africa|Africa/Johannesburg
Karachi: Pakistan|Asia/Karachi
Kyiv: Ukraine|Europe/Kyiv
Kyoto: Japan|Asia/Tokyo
Lagos: Nigeria|Africa/Lagos
Las Vegas: USA|America/Los_Angeles|NV
Lima: Peru|America/Lima
Lisbon: Portugal|Europe/Lisbon
London: United Kingdom|Europe/London
Los Angeles: USA|America/Los_Angeles|CA
Lyon: France|Europe/Paris
Madrid: Spain|Europe/Madrid
Manila: Philippines|Asia/Manila
Melbourne: Australia|Australia/Melbourne
Mexico City: Mexico|America/Mexico_City
Miami: USA|America/New_York|FL
Milan: Italy|Europe/Rome
Montreal: Canada|America/Toronto
Moscow: Russia|Europe/Moscow
Mumbai: India|Asia/Kolkata
Munich: Germany|Europe/Berlin
Nairobi: Kenya|Africa/Nairobi
Naples: Italy|Europe/Rome
New Delhi: India|Asia/Kolkata
New York: USA|America/New_York|NY
New York City: USA|America/New_York|NY
Osaka: Japan|Asia/Tokyo
Oslo: Norway|Europe/Oslo
Paris: France|Europe/Paris
Philadelphia: USA|America/New_York|PA
Porto: Portugal|Europe/Lisbon
Prague: Czechia|Europe/Prague
Quito: Ecuador|America/Guayaquil
Reykjavik: Iceland|Atlantic/Reykjavik
Rio de Janeiro: Brazil|America/Sao_Paulo
Rome: Italy|Europe/Rome
San Diego: USA|America/Los_Angeles|CA
San Francisco: USA|America/Los_Angeles|CA
Santiago: Chile|America/Santiago
São Paulo: Brazil|America/Sao_Paulo
Seattle: USA|America/Los_Angeles|WA
Seoul: South Korea|Asia/Seoul
Shanghai: China|Asia/Shanghai
Singapore: Singapore|Asia/Singapore
Stockholm: Sweden|Europe/Stockholm
Sydney: Australia|Australia/Sydney
Taipei: Taiwan|Asia/Taipei
Tel Aviv: Israel|Asia/Jerusalem
Tokyo: Japan|Asia/Tokyo
Toronto: Canada|America/Toronto
Vancouver: Canada|America/Vancouver
Vienna: Austria|Europe/Vienna
Warsaw: Poland|Europe/Warsaw
Washington: USA|America/New_York|DC
Wellington: New Zealand|Pacific/Auckland
Zurich: Switzerland|Europe/Zurich
"""
_ACCENTS = str.maketrans("áãçéíóöúü", "aaceioouu")


class City:
    """A well-known city: its name, its country, its time zone, its state if that is usual."""

    __slots__ = ("country", "name", "state", "timezone")

    def __init__(self, line: str) -> None:
        self.name, rest = line.split(": ")
        self.country, self.timezone, *state = rest.split("|")
        self.state = state[0] if state else None


CITIES: dict[str, City] = {}
for _line in _CITIES.strip().splitlines():
    _city = City(_line)
    CITIES[_city.name.lower()] = _city
    CITIES[_city.name.lower().translate(_ACCENTS)] = _city
CITIES["nyc"] = CITIES["new york"]

COUNTRIES: frozenset[str] = frozenset(
    {city.country.lower() for city in CITIES.values()} - {"singapore"}
) | frozenset(
    "us u.s. u.s.a america uk england scotland wales britain morocco algeria tunisia uganda"
    " tanzania cuba bolivia venezuela uruguay paraguay malaysia nepal iran iraq lebanon jordan"
    " romania bulgaria serbia croatia slovakia slovenia estonia latvia lithuania luxembourg"
    " bangladesh jamaica rwanda zambia zimbabwe cameroon ontario quebec texas california florida"
    " bavaria scotland andalusia".split()
) | {
    "united states", "united states of america", "saudi arabia", "sri lanka", "costa rica",
}  # fmt: skip

FIRST_NAMES: frozenset[str] = frozenset(
    "ada ahmed aisha alan alex alice amy ana andrea andrew anna anne ben bill bob brian carla"
    " carlos carol charles charlie chen chidi chris claire clara dan daniel david diana diego"
    " eduardo elena eli ella emily emma erik eva fatima felix fiona frank fred george grace hana"
    " hannah harry helen henry ibrahim ingrid isabel ivan jack jake james jan jane jean jenny jim"
    " joe john jon jorge jose josé joseph juan julia julie karen kate kevin kim kofi lara laura"
    " lee leo li lily linda linus lisa liu lucas lucy luis luke maria marie mario mark marta mary"
    " max maya mei mia michael mike miguel mohamed mohammed nadia nina noah nora olga oliver omar"
    " pablo paul peter priya rachel rafael raj ravi rita robert rosa ryan sam samir samuel sara"
    " sarah sofia sophie steve susan tariq tim tom tomas veronica victor wei will yuki zoe".split()
)

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sept sep", "october oct", "november nov", "december dec"), 1
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS: dict[str, int] = {
    name: number
    for number, name in enumerate(
        "monday tuesday wednesday thursday friday saturday sunday".split()
    )
}

LANGUAGES: dict[str, str] = dict(
    pair.split(":")
    for pair in (
        "arabic:ar bengali:bn chinese:zh czech:cs danish:da dutch:nl english:en finnish:fi"
        " french:fr german:de greek:el hausa:ha hebrew:he hindi:hi hungarian:hu igbo:ig"
        " indonesian:id italian:it japanese:ja korean:ko latin:la mandarin:zh norwegian:no"
        " persian:fa polish:pl"
        " portuguese:pt quechua:qu romanian:ro russian:ru spanish:es swahili:sw swedish:sv tamil:ta"
        " thai:th turkish:tr ukrainian:uk urdu:ur vietnamese:vi welsh:cy yoruba:yo zulu:zu"
    ).split()
)

CURRENCIES: dict[str, str] = dict(
    pair.split(":")
    for pair in (
        "dollar:USD euro:EUR pound:GBP sterling:GBP yen:JPY rupee:INR franc:CHF yuan:CNY"
        " renminbi:CNY won:KRW peso:MXN real:BRL reais:BRL naira:NGN shilling:KES rand:ZAR"
        " ruble:RUB lira:TRY zloty:PLN krona:SEK kronor:SEK krone:NOK kroner:NOK bitcoin:BTC"
        " ether:ETH ethereum:ETH cedi:GHS dirham:AED"
    ).split()
)
CURRENCY_CODES: frozenset[str] = frozenset(CURRENCIES.values()) | frozenset(
    "CAD AUD NZD SGD HKD DKK CZK HUF ILS THB PHP IDR MYR VND EGP COP CLP PEN ARS SAR".split()
)
CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₦": "NGN"}

COMPANIES: dict[str, str] = dict(
    pair.split(":")
    for pair in (
        "adobe:ADBE airbnb:ABNB alphabet:GOOGL amazon:AMZN amd:AMD apple:AAPL boeing:BA disney:DIS"
        " facebook:META ford:F google:GOOGL ibm:IBM intel:INTC meta:META microsoft:MSFT"
        " netflix:NFLX nike:NKE nvidia:NVDA oracle:ORCL paypal:PYPL pfizer:PFE salesforce:CRM"
        " spotify:SPOT starbucks:SBUX tesla:TSLA toyota:TM uber:UBER visa:V walmart:WMT"
    ).split()
)

COLORS: frozenset[str] = frozenset(
    "red green blue yellow orange purple violet pink black white grey gray brown cyan magenta"
    " turquoise teal gold silver beige maroon navy olive lime indigo".split()
)

# Kinds of music and of cooking: values that stand in a message without a capital or a quote.
SORTS: frozenset[str] = frozenset(
    "jazz rock pop classical blues metal folk reggae techno electronic punk soul salsa afrobeat"
    " ambient opera disco funk house lofi thriller comedy drama horror fantasy romance documentary"
    " italian thai indian mexican chinese japanese french greek korean vietnamese spanish turkish"
    " lebanese ethiopian american mediterranean vegan vegetarian sushi pizza".split()
)
UNITS: frozenset[str] = frozenset(
    "g kg mg ml l dl cl cup cups tbsp tsp tablespoon tablespoons teaspoon teaspoons oz lb lbs"
    " pound pounds gram grams kilogram kilograms kilo kilos litre litres liter liters piece pieces"
    " slice slices clove cloves pinch can cans bottle bottles km m cm mm mile miles kilometer"
    " kilometers kilometre kilometres meter meters metre metres foot feet inch inches yard yards"
    " celsius fahrenheit kelvin hours hour minutes minute seconds second ounces ounce gallon"
    " gallons stone mph kmh".split()
)

NUMBER_WORDS: dict[str, int] = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "dozen": 12, "couple": 2, "once": 1,
     "twice": 2}  # fmt: skip

# What a value of an enumeration may be called in a message.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "celsius": ("°c", "centigrade", "metric", "c"),
    "fahrenheit": ("°f", "imperial", "f"),
    "kelvin": ("k",),
    "metric": ("celsius", "°c", "kilometers", "kilometres", "km"),
    "imperial": ("fahrenheit", "°f", "miles"),
    "c": ("celsius", "°c"),
    "f": ("fahrenheit", "°f"),
    "km": ("kilometers", "kilometres", "kilometer", "kilometre"),
    "miles": ("mile", "mi"),
    "mi": ("mile", "miles"),
    "kg": ("kilograms", "kilogram", "kilos"),
    "lb": ("pound", "pounds", "lbs"),
    "high": ("urgent", "critical", "asap", "important"),
    "urgent": ("asap", "critical", "immediately"),
    "low": ("minor", "whenever"),
    "on": ("enable",),
    "off": ("disable",),
    "add": ("plus", "sum", "+"),
    "subtract": ("minus", "difference"),
    "multiply": ("times", "product", "×"),
    "divide": ("divided", "quotient", "÷"),
    "driving": ("car", "drive"),
    "walking": ("walk", "foot"),
    "bicycling": ("bike", "bicycle", "cycling"),
    "cycling": ("bike", "bicycle"),
    "transit": ("bus", "train", "metro", "subway"),
    "ascending": ("asc", "increasing"),
    "descending": ("desc", "decreasing"),
    "asc": ("ascending", "lowest", "cheapest", "oldest"),
    "desc": ("descending", "highest", "newest", "latest"),
}
POSITIVE: frozenset[str] = frozenset(
    "good great excellent delicious wonderful amazing awesome fantastic love loved loves like liked"
    " enjoy enjoyed happy perfect best friendly fast helpful beautiful superb brilliant pleased"
    " recommend nice delightful satisfied impressive reliable comfortable easy glad thanks".split()
)
NEGATIVE: frozenset[str] = frozenset(
    "bad terrible awful horrible disappointing disappointed hate hated poor worst rude slow broken"
    " angry sad ugly useless boring dirty cold expensive annoying unhappy wrong fail failed fails"
    " refund never bug crash crashed crashes late damaged waste unacceptable frustrating".split()
)

# domain: words of tools that belong to it | further words of messages that ask for it
_DOMAINS = """
weather: weather forecast temperature climate meteo | warm warmer cold colder hot hotter rain raining rainy snow snowing sunny sunshine cloudy wind windy humid humidity umbrella degrees celsius fahrenheit storm stormy freezing chilly jacket coat outside
clock: time clock timezone | hour o'clock
date: date weekday | day
arithmetic: calculate calculator calculation compute arithmetic math mathematical expression evaluate eval sum | plus minus times add subtract multiply divide divided percent sqrt squared root equals
currency: currency exchange forex fx | dollar euro yen rupee pound usd eur gbp jpy franc naira
stock: stock ticker share equity market | shares nasdaq trading
email: email e-mail mail gmail inbox
message: message sms slack notify notification chat whatsapp post | text tell message
search: search google browse internet web wikipedia retrieve lookup | look online find
calendar: calendar meeting appointment event schedule booking agenda | meet invite
reminder: reminder remind alarm timer todo task | wake forget remember
translation: translate translation translator language
vision: image picture photo photograph vision visual caption ocr recognize recognition concept detect | see shown depicted pictured
flight: flight airline airport | fly flies flights plane
hotel: hotel accommodation | room stay hotels hostel
route: distance route directions navigation map travel maps | far drive walk reach kilometers miles long
music: music song playlist track album play spotify | listen songs jazz
food: restaurant recipe food dish cook meal menu | eat lunch dinner breakfast hungry pizza cook bake
file: file folder directory filesystem document | open save
database: database sql query record | rows table
code: code python execute run script interpreter
home: light lamp thermostat heating switch device home | lights turn dim bright brighter darker
shopping: order cart purchase buy product shop price checkout inventory | cost costs cheap sell package parcel
delivery: delivery shipment shipping package parcel tracking track | delivered arrive arrived ship shipped
news: news headline headlines article | happened
joke: joke | funny laugh
definition: define definition dictionary meaning synonym | mean means
contact: contact phone address | call number
user: user customer profile account
random: random dice coin roll flip | roll flip toss
payment: pay payment transfer money invoice | owe euros dollars
population: population inhabitants | people live
unit: unit convert conversion converter | kilometers miles kilograms pounds inches feet meters litres gallons
"""  # noqa: E501


def _read_domains() -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    tools: dict[str, str] = {}
    messages: dict[str, set[str]] = {}
    for line in _DOMAINS.strip().splitlines():
        domain, words = line.split(": ", 1)
        strong, _, weak = words.partition("|")
        for word in strong.split():
            tools.setdefault(stem(word), domain)
        for word in (strong + weak).split():
            messages.setdefault(stem(word), set()).add(domain)
    return tools, {word: frozenset(domains) for word, domains in messages.items()}


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its plural, past or -ing ending; a light touch, for matching only."""
    if len(word) > 4:
        if word.endswith("ies"):
            return word[:-2]
        if word.endswith("ing") and len(word) > 6:
            word = word[:-3]
            return word[:-1] if word[-1] == word[-2] and word[-1] in "bdgmnprt" else word
        if word.endswith("ed") and len(word) > 5:
            word = word[:-2]
            return word[:-1] if word[-1] == word[-2] and word[-1] in "bdgmnprt" else word
        if word.endswith(("ches", "shes", "sses", "xes")):
            return word[:-2]
        if word.endswith("e"):
            return word[:-1]
    if len(word) > 3:
        if word[-1] == "y" and word[-2] not in "aeou":
            return word[:-1] + "i"
        if word[-1] == "s" and word[-2] not in "sui":
            word = word[:-1]
            return word[:-1] if len(word) > 4 and word[-1] == "e" else word
    return word


def stems(words: str) -> frozenset[str]:
    """The stems of some words, written as words."""
    return frozenset(map(stem, words.split()))


DOMAIN_OF_TOOL_WORD, DOMAINS_OF_WORD = _read_domains()

STOP_WORDS: frozenset[str] = frozenset(
    "a about above after again all also am an and any are as at be because been before being below"
    " between both but by can could did do does doing down during each few for from further get"
    " give given gives had has have having he her here hers him his how i if in into is it its"
    " just let like make may me more most my no nor not now of off on once only or other our out"
    " over own please return returns same she should show so some such than that the their them"
    " then there these they this those through to too under until up us use used uses using very"
    " want was we were what when where which while who why will with would you your specific"
    " current currently provided provide based name e.g i.e etc string number value object list"
    " tool function api result results data information info details one two new what's"
    " it's i'm don't today tomorrow".split()
)
# Words of a tool's name that say little about what it is for.
GENERAL_VERBS: frozenset[str] = frozenset(
    stem(word)
    for word in (
        "get set fetch find list create make add update delete remove read write send do run call"
        " check show tell look lookup query process handle perform use new current a an by for in"
        " of to from and or the with name data info information details all my user".split()
    )
)
