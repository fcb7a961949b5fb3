"""The words that titles are made of, in lower case. Nouns are in the singular; plurals are looked up by `either`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from imr_letters.titles.model import Number, Period, Side


def table(text: str) -> dict[str, str]:
    """Parses lines of "meaning: word, word" into word → meaning."""
    pairs = (line.split(":", 1) for line in text.strip().splitlines())
    return {word.strip(): meaning.strip() for meaning, words in pairs for word in words.split(",")}


PLURALS = {"feet": "foot", "teeth": "tooth", "calves": "calf", "patches": "patch", "boxes": "box"}


def singular(word: str) -> str:
    if word in PLURALS:
        return PLURALS[word]
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 2 and word.endswith("s") else word


def either(table: dict[str, Any], word: str) -> Any:
    """Looks up a noun or its singular."""
    return table.get(word) or table.get(singular(word))


# Body parts, which leave the treatment words. "none": the word fits several regions of the vocabulary.
PARTS = table("""
head: head, face, facial, brain, skull, cranium, scalp, jaw, mandible, orbit
neck: neck, posterior neck, cervical, cervical spine, c spine, c / s spine, paracervical, trapezius, trapezial
neck: upper trapezius, periscapular, sternocleidomastoid, scalene, levator scapulae
thoracic-spine: thoracic, thoracic spine, t spine, t / s spine, dorsal spine, mid back, midback, middle back
thoracic-spine: upper back, rhomboid
low-back: low back, lower back, lumbar, lumbar spine, l spine, ls spine, l s spine, l / s, l / s spine, lumbosacral
low-back: lumbosacral spine, lumbo sacral, lumbo sacral spine, lumbar sacral, lumbar sacral spine, sacral, sacral spine
low-back: sacrum, coccyx, gluteal, gluteus, gluteus medius, gluteus maximus, gluteus minimus, glute, buttock
low-back: iliac crest, quadratus lumborum, lower spine
pelvis: pelvis, pelvic, groin, scrotum, scrotal, testicle, testicular
shoulder: shoulder, upper arm, shoulder girdle, scapula, scapular, clavicle, humerus, deltoid
elbow: elbow, forearm, olecranon
wrist-hand: wrist, hand, finger, thumb, index finger, middle finger, long finger, ring finger, little finger
wrist-hand: small finger, fingertip, digit, scaphoid, metacarpal, distal radius
hip: hip, thigh, femur, hamstring, quadriceps
knee: knee, patella
lower-leg: lower leg, calf, shin, tibia, fibula
ankle-foot: ankle, foot, toe, great toe, big toe, heel, metatarsal, calcaneus, forefoot, midfoot, hindfoot
chest: chest, chest wall, rib, rib cage, sternum
abdomen: abdomen, abdominal
none: spine, back, thoracolumbar, thoracolumbar spine, cervicothoracic, upper extremity, lower extremity, extremity
none: upper limb, lower limb, limb, arm, leg, ue, le
""")

# Structures that are part of a treatment's name ("rotator cuff repair"): body parts that stay treatment words.
STRUCTURES = table("""
head: eye, ocular, ear, nasal, sinus, tooth, dental, tmj, temporomandibular, temporomandibular joint, occipital
shoulder: rotator cuff, subacromial, acromioclavicular, acromioclavicular joint, ac joint, glenohumeral, biceps
shoulder: supraspinatus, suprascapular
elbow: cubital tunnel, lateral epicondyle, medial epicondyle, distal biceps, tennis elbow, radial tunnel
wrist-hand: carpal tunnel, trigger finger, trigger thumb, de quervain, tfcc, cmc joint, carpal, metacarpophalangeal
knee: acl, pcl, mcl, meniscus, meniscal, patellofemoral, patellar
ankle-foot: achilles, achilles tendon, plantar fascia, plantar, tarsal tunnel, bunion, hallux, afo
low-back: sacroiliac, sacroiliac joint, sacro iliac, sacro iliac joint, si joint, lso, caudal
hip: trochanteric, greater trochanteric, greater trochanter, piriformis
pelvis: inguinal
chest: intercostal
abdomen: umbilical
none: thoracic outlet, tlso
""")

# Abbreviations that include the side.
SIDED: dict[str, Side] = {
    "rue": "right", "rle": "right", "lue": "left", "lle": "left", "bue": "bilateral", "ble": "bilateral",
}  # fmt: skip
SIDES: dict[str, Side] = {
    "left": "left", "lt": "left", "right": "right", "rt": "right", "bilateral": "bilateral", "bilat": "bilateral",
    "bil": "bilateral", "bilaterally": "bilateral", "both": "bilateral",
}  # fmt: skip
SINGLE: dict[str, Side] = {"l": "left", "r": "right"}
# Regions that come in pairs. The others are on the midline, and take no side from a pair in an enumeration.
PAIRED = {"shoulder", "elbow", "wrist-hand", "hip", "knee", "lower-leg", "ankle-foot"}
PAIRED_WORDS = {"upper", "lower", "extremity", "limb", "arm", "leg", "ue", "le"}
# Pairs of adjacent words that look like a body part but are not.
NO_PART = {
    ("back", "up"), ("back", "to"), ("hand", "held"), ("hand", "control"), ("hand", "rail"), ("face", "to"),
    ("to", "face"), ("c", "arm"), ("le", "fort"), ("nasal", "spray"),
}  # fmt: skip
# Nouns that leave the treatment words together with the part before them.
AFTER_PART = {"region", "area", "muscle", "muscles", "musculature", "joint", "joints", "paraspinal", "paraspinals"}
# Parts that name a treatment or profession together with the next word, and stay like structures.
NAMED = {
    ("hand", "therapy"), ("hand", "therapist"), ("hand", "surgeon"), ("hand", "specialist"), ("spine", "surgeon"),
    ("spine", "surgery"), ("spine", "specialist"), ("back", "school"), ("head", "injury"),
}  # fmt: skip
NAMED_WITH_PART = {"replacement", "arthroplasty"}
NUMBERED_PARTS = {"finger", "toe", "digit", "metacarpal", "metatarsal", "rib"}
MODIFIERS = {"upper", "lower", "mid", "low"}
# Vertebrae and nerve roots: letter → region, highest number.
LEVELS = {"c": ("neck", 8), "t": ("thoracic-spine", 12), "l": ("low-back", 6), "s": ("low-back", 5)}

_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
NUMBER_WORDS = {word: i for i, word in enumerate(_BELOW_TWENTY.split())}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBER_WORDS |= TENS
OFTEN = {"once": 1, "twice": 2, "thrice": 3}

# Nouns that are counted, and the unit of each.
_COUNTED = (
    "sessions visits treatments tablets capsules pills patches pads suppositories drops puffs injections blocks units "
    "bottles tubes boxes packs vials syringes kits pairs prescriptions"
)
UNITS = {singular(unit): unit for unit in _COUNTED.split()} | {"tab": "tablets", "cap": "capsules", "packet": "packs"}
VISITS = {"visits", "sessions", "treatments"}
# Units that leave the treatment words with their number: carriers always, containers right after it. The others are
# themselves the treatment.
CARRIERS = {"sessions", "tablets", "capsules", "pills"}
CONTAINERS = {"units", "visits", "treatments", "bottles", "tubes", "boxes", "packs", "vials", "pairs", "prescriptions"}
TAKEN = {"tablets", "capsules", "pills", "patches", "suppositories", "drops", "puffs"}
MEASURES = table("""
gm: gm, g, gms, gram
ml: ml, mls, milliliter
cc: cc, ccs
oz: oz, ounce
""")
STRENGTH_UNITS = table("""
mg: mg, mgs, milligram
mcg: mcg, ug, µg, μg, microgram
meq: meq
IU: iu
%: %, percent
""")
PER_UNITS = {"ml": "ml", "hr": "hr", "h": "hr", "hour": "hr", "g": "gm", "gm": "gm", "cc": "cc"}
LENGTHS = table("""
days: day, days
weeks: week, weeks, wk, wks
months: month, months, mo, mos
years: year, years, yr, yrs
""")
PERIODS = {word: unit[:-1] for word, unit in LENGTHS.items()}
PERIODS |= dict.fromkeys(("night", "morning", "evening", "bedtime"), "day")
HOURS = {"hour", "hours", "hr", "hrs", "h"}
ADVERBS: dict[str, tuple[Number, Period]] = {
    "daily": (1, "day"), "nightly": (1, "day"), "qd": (1, "day"), "qhs": (1, "day"), "hs": (1, "day"),
    "qam": (1, "day"), "qpm": (1, "day"), "bid": (2, "day"), "tid": (3, "day"), "qid": (4, "day"), "qod": (0.5, "day"),
    "weekly": (1, "week"), "tiw": (3, "week"), "monthly": (1, "month"), "yearly": (1, "year"), "annually": (1, "year"),
}  # fmt: skip

# A therapy is requested in visits: "x 6" means six visits, and "2 x 4" twice a week for four weeks.
THERAPY = {
    "therapy", "therapies", "therapeutic", "pt", "ot", "cbt", "traction", "biofeedback", "exercise", "exercises",
    "aquatic", "pool", "training", "conditioning", "hardening", "stimulation", "shockwave", "eswt", "mobilization",
    "diathermy", "infrared", "hydrotherapy", "nurse", "nursing", "rn", "lvn", "aide", "program", "iontophoresis",
    "modalities",
}  # fmt: skip
THERAPY_BEGINNINGS = ("chiro", "physio", "acupunct", "psychother", "rehab", "massag", "manipul", "counsel", "hypno")
DEVICE = {
    "unit", "device", "machine", "rental", "purchase", "supplies", "garment", "brace", "pump", "wrap", "system",
    "stimulator", "gauze", "ptt", "inr",
}  # fmt: skip
INJECTED = ("inject", "infiltrat", "block")
# A number before these describes the thing and does not count it: "2 view x-ray", "10 panel urine drug screen".
MEASURED = {
    "view", "views", "level", "levels", "wheel", "wheels", "wheeled", "point", "panel", "lead", "channel", "phase",
    "prong", "part", "stage", "in", "mm", "cm", "inch", "inches", "foot", "feet", "lb", "lbs", "minute",
    "minutes", "min", "degree", "tesla", "hour", "hr", "d", "t", "step", "component", "piece", "layer", "way",
}  # fmt: skip
# A "#" after these numbers the thing and does not count it: "tooth #30", "Tylenol #3", "epidural injection #2".
NUMBERED = {"tylenol", "codeine", "injection", "esi", "lesi", "level"}
HOW_TAKEN = {"by", "po", "orally", "oral", "every", "q", "once", "twice", "at", "as", "prn", *ADVERBS}
CONNECTORS = {
    "of", "for", "to", "in", "at", "on", "over", "the", "a", "an", "and", "or", "with", "x", "per", "by", "plus",
    "from", "during", "through", "times", "then", "=", "&", "/", ",", ";", ":", "-", ".", "+",
}  # fmt: skip
ARTICLES = {"the", "a", "an"}
JOINERS = {"and", "or", "with", "plus", "&", "/", "+"}
RANGE = {"-", "to", "or"}
THROUGH = {"-", "to", "through", "thru"}
EVERY = {"every", "each", "q"}
PERIODS_IN = {
    ("day", "days"): 1, ("day", "weeks"): 7, ("week", "weeks"): 1, ("month", "months"): 1, ("year", "years"): 1,
}  # fmt: skip
"""How many periods of a frequency are in one unit of a duration, if that is exact."""
ENDS_A_NOUN = {
    *(CONNECTORS - {"-", "/"}), *NUMBER_WORDS, *LENGTHS, *OFTEN, *EVERY, *STRENGTH_UNITS, *MEASURES, "time",
    "refill", "refills", "without", "qty", "quantity", "dos", "then",
}  # fmt: skip
BEFORE_LATE_SIDE = {",", "(", "-", "on", "the", *AFTER_PART}
EDGES = " ,;:/&.-\u2013\u2014+="
NO_SPACE_BEFORE = {",", ")", ";", ":", ".", "/"}
NO_SPACE_AFTER = {"(", "/"}
ENUMERATION = {",", "and", "or", "&", "/", "the", "of", "-", "+", "to", "(", ")"}
NOT_A_NOUN = {
    "without", "w", "wo", "under", "using", "via", "as", "due", "after", "post", "prior", "including", "vs", "versus",
}  # fmt: skip
# Nouns that leave the treatment words with a duration; rental and trial stay, as they are what is requested.
WITH_DURATION = {"supply", "coverage", "course", "use", "period", "duration"}
NO_DURATION = {"ago", "old", "follow", "followup", "post", "apart", "between", "interval", "intervals"}
APPOINTMENT = {"follow", "followup", "return", "recheck", "appointment", "evaluation", "reevaluation", "visit"}
NOT_SERVICE = {"dated", "rfa", "doi", "injury", "report"}

# Phrases with a meaning as a whole.
PHRASES = table("""
surgical: associated surgical service, associated surgical procedure
retrospective: retrospective, retrospectively, retro, retroactive
service: dos, date of service, date ( s ) of service, service date
once a day: at bedtime, at night, q am, q pm, q hs, q d
limit: up to
taken: by mouth, per oral, orally, po, as directed, as needed, as needed for pain, prn, prn pain, prn for pain, take
taken: apply, sig
nothing: request, prospective, unspecified, unspecified quantity, unspecified frequency, unspecified duration
nothing: quantity unspecified, unknown quantity, performed on, done on, dispensed on, provided on, given on
nothing: administered on
""")


def by_first_word(phrases: Iterable[tuple[str, Any]]) -> dict[str, list[tuple[list[str], Any]]]:
    """Phrases by their first word, longest first, each as its other words and its meaning."""
    found: dict[str, list[tuple[list[str], Any]]] = {}
    for phrase, meaning in sorted(phrases, key=lambda pair: -len(pair[0].split())):
        first, *rest = phrase.split()
        found.setdefault(first, []).append((rest, meaning))
    return found


PHRASES_BY_WORD = by_first_word(PHRASES.items())
PARTS_BY_WORD = by_first_word(
    [(name, (region, False)) for name, region in PARTS.items()]
    + [(name, (region, True)) for name, region in STRUCTURES.items()]
)
