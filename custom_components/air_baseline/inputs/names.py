"""What the names of a sensor say: whole words, in the languages that the integration speaks.

A room called "Lower Level" or a device called "Avocado" says nothing about what a sensor
measures, so the names of areas, floors and the device are taken out before words are looked for.
"""

from collections.abc import Iterable
from functools import lru_cache
import re
import unicodedata

type Phrase = tuple[str, ...]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_RUN = re.compile(r"[^\W\d_]+|\d+")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "ß": "ss"})


def _phrases(*texts: str) -> frozenset[Phrase]:
    return frozenset(words_of(text) for text in texts)


@lru_cache(maxsize=4096)
def words_of(text: str) -> Phrase:
    """Return the words of a name in small letters without accents; digits are words of their own.

    >>> words_of("VOC-Index"), words_of("indice_cov2"), words_of("Qualité COV")
    (('voc', 'index'), ('indice', 'cov', '2'), ('qualite', 'cov'))
    """
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text)).casefold().translate(_LETTERS)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(_RUN.findall(letters))


def without(words: Phrase, others: Iterable[Phrase]) -> Phrase:
    """Return words without the names of places and things in them, the longest first.

    >>> without(("lower", "level", "voc"), [("level",), ("lower", "level")])
    ('voc',)
    """
    for other in sorted(others, key=len, reverse=True):
        at = _find(words, other)
        while other and at is not None:
            words = words[:at] + words[at + len(other) :]
            at = _find(words, other)
    return words


def says(names: Iterable[Phrase], phrases: frozenset[Phrase]) -> bool:
    """Tell whether one of the names contains one of the phrases, word for word."""
    first = _first_words(phrases)
    return any(
        _find(name, phrase) is not None
        for name in names
        if not first.isdisjoint(name)
        for phrase in phrases
    )


@lru_cache(maxsize=32)
def _first_words(phrases: frozenset[Phrase]) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in phrases)


def _find(words: Phrase, phrase: Phrase) -> int | None:
    """Return where a phrase begins in a name, None where it is not there."""
    length = len(phrase)
    places = range(len(words) - length + 1)
    return next((at for at in places if words[at : at + length] == phrase), None)


# Volatile organic compounds, in full and as the short form of each language.
VOC = _phrases(
    *("VOC", "VOCs", "TVOC", "TVOCs", "volatile organic"),
    *("flüchtige organische", "flüchtiger organischer", "flüchtigen organischen"),
    *("fluechtige organische", "fluechtiger organischer", "fluechtigen organischen"),
    *("COV", "COVs", "COVT", "composés organiques volatils", "composé organique volatil"),
    *("COVNM", "compuestos orgánicos volátiles", "compuesto orgánico volátil"),
    *("composti organici volatili", "composto organico volatile"),
    *("VOS", "TVOS", "vluchtige organische"),
    *("LZO", "TLZO", "lotne związki", "lotnych związków", "związki lotne"),
    *("compostos orgânicos voláteis", "composto orgânico volátil"),
    *("flyktige", "flyktiga", "flygtige"),
)
# Indices of the air that carry their own name, as those of Bosch's sensors.
IAQ = _phrases("IAQ", "SIAQ", "BIAQ")
INDEX = _phrases(
    *("index", "indices", "indice", "índice", "indeks", "wskaźnik", "Kennzahl", "indexwaarde")
)
# A unit that stands in the name only: what it measures is then no index.
UNITS = _phrases("ppb", "ppm", "ug", "µg", "mg", "Ohm", "Ohms", "kOhm")
PM25 = _phrases("PM2.5", "PM25", "PM2,5", "PM 2 5", "PM02", "PM 2_5")
# Other gases that are measured, or inferred, beside VOC.
OTHER_GAS = _phrases(
    *("CO2", "ECO2", "NOx", "NO2", "ozone", "O3", "HCHO", "CH2O", "formaldehyde"),
    *("Formaldehyd", "formaldéhyde", "formaldehído", "formaldeide", "formaldeído", "ethanol"),
)
# Names by which a sensor of the air may go; they only put it on the list of what was found.
AIR = _phrases(
    *("air quality", "Luftqualität", "Luftguete", "Luftgüte", "Raumluft", "Innenraumluft"),
    *("qualité de l'air", "qualité air", "calidad del aire", "qualità dell'aria", "qualità aria"),
    *("luchtkwaliteit", "jakość powietrza", "jakości powietrza", "qualidade do ar"),
    *("AQI", "ICA", "IQA", "Feinstaub", "particules fines", "fijnstof", "polveri sottili"),
    *("partículas finas", "material particulado", "pył zawieszony", "pyły zawieszone"),
)
OF_AIR = VOC | IAQ | PM25 | AIR
# What is said of a sensor, not of the air.
ABOUT_SENSOR = _phrases(
    *("accuracy", "calibration", "calibrated", "baseline", "offset", "threshold"),
    *("learning", "run in", "stabilization", "stabilisation", "sensitivity", "sensor status"),
    *("Genauigkeit", "Kalibrierung", "Schwelle", "Schwellwert", "Empfindlichkeit"),
    *("précision", "étalonnage", "calibrage", "seuil", "sensibilité"),
    *("precisión", "calibración", "umbral", "sensibilidad"),
    *("precisione", "accuratezza", "calibrazione", "taratura", "soglia", "sensibilità"),
    *("nauwkeurigheid", "kalibratie", "drempel", "gevoeligheid"),
    *("dokładność", "kalibracja", "próg", "czułość"),
    *("precisão", "exatidão", "calibração", "limiar", "sensibilidade"),
)
RAW = _phrases(
    *("raw", "resistance", "ticks", "Widerstand", "Gaswiderstand", "Rohwert", "Rohsignal"),
    *("résistance", "brute", "brut", "resistencia", "resistenza", "grezzo", "weerstand"),
    *("rezystancja", "opór", "surowy", "resistência", "bruto", "ruw"),
)
# A few levels ("VOC level: 2") or a number ("VOC level: 103"): the values tell which.
LEVELS = _phrases(
    *("level", "quality", "status", "state", "class", "rating", "category"),
    *("alert", "alarm", "detected"),
    *("Stufe", "Qualität", "Zustand", "Klasse", "Bewertung", "Kategorie", "Güte", "Warnung"),
    *("niveau", "qualité", "état", "statut", "classe", "catégorie"),
    *("nivel", "calidad", "estado", "clase", "categoría"),
    *("livello", "qualità", "stato", "categoria"),
    *("kwaliteit", "toestand", "klasse", "categorie"),
    *("poziom", "jakość", "stan", "klasa", "kategoria"),
    *("nível", "qualidade"),
)
OUTDOORS = _phrases(
    *("outdoor", "outdoors", "outside", "exterior", "garden", "balcony", "terrace", "patio"),
    *("backyard", "yard", "porch", "deck", "veranda", "front yard", "driveway", "carport"),
    *("draußen", "draussen", "außen", "aussen", "Außenbereich", "Aussenbereich", "Garten"),
    *("Balkon", "Terrasse", "Hof", "Innenhof", "Vorgarten", "Einfahrt", "Dachterrasse"),
    *("extérieur", "dehors", "jardin", "balcon", "cour", "loggia", "toit terrasse"),
    *("fuera", "jardín", "balcón", "terraza", "porche", "azotea", "aire libre"),
    *("esterno", "fuori", "giardino", "balcone", "terrazzo", "terrazza", "cortile", "portico"),
    *("buiten", "tuin", "achtertuin", "voortuin", "terras", "dakterras", "oprit"),
    *("zewnątrz", "na zewnątrz", "zewnętrzny", "ogród", "taras", "podwórko", "ganek"),
    *("fora", "externo", "externa", "área externa", "jardim", "varanda", "sacada", "terraço"),
    *("quintal", "esterna"),
)
