"""What the titles of items request."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from imr_letters.titles import Amount, BodyPart, Requested, request_of


def shown(figure: object) -> str:
    """A figure or range as the tables below write it: "6", "2-3"."""
    return "-".join(map(str, figure)) if isinstance(figure, tuple) else str(figure)


def amount(found: Amount) -> str:
    return f"{shown(found.value)} {found.unit}" if found.unit else shown(found.value)


def part(found: BodyPart) -> str:
    return f"{found.side} {found.name}: {found.region}" if found.side else f"{found.name}: {found.region}"


def said(title: str) -> dict[str, str]:
    """What was found in a title, in short form."""
    r = request_of(title)
    every = {
        "words": r.treatment_words,
        "parts": ", ".join(map(part, r.body_parts)),
        "quantity": r.quantity and amount(r.quantity),
        "strength": r.strength and f"{'/'.join(map(str, r.strength.values))} {r.strength.unit or ''}".strip(),
        "often": r.frequency and f"{shown(r.frequency.times)}/{r.frequency.per}",
        "long": r.duration and f"{shown(r.duration.value)} {r.duration.unit}",
        "refills": r.refills and shown(r.refills.value),
        "visits": "" if r.visits is None else shown(r.visits),
        "range": r.visits_range and shown(r.visits_range),
        "retrospective": "yes" if r.retrospective else "",
        "service": ", ".join(f"{d.date} to {d.through}" if d.through else f"{d.date}" for d in r.dates_of_service),
        "surgical": "yes" if r.associated_surgical_service else "",
        "further": "; ".join(f.text for f in r.further),
    }
    return {name: value for name, value in every.items() if value}


def rows(table: str) -> list[tuple[str, dict[str, str]]]:
    """Parses rows of "title | treatment words | name = value | …"."""
    made = []
    for line in filter(None, map(str.strip, table.splitlines())):
        title, words, *others = (cell.strip() for cell in line.split("|"))
        fields = {"words": words} if words else {}
        fields |= {name.strip(): value.strip() for name, value in (cell.split("=", 1) for cell in others)}
        made.append((title, fields))
    return made


def table_of(table: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("title", "expected"), rows(table), ids=lambda cell: cell if type(cell) is str else ""
    )


@table_of("""
    Flexeril 7.5mg #30 | Flexeril | strength = 7.5 mg | quantity = 30
    Flexeril 7.5 MG, # 30 | Flexeril | strength = 7.5 mg | quantity = 30
    Soma 350mg QTY: 30 | Soma | strength = 350 mg | quantity = 30
    Soma 350mg, qty 30.00 | Soma | strength = 350 mg | quantity = 30
    Soma 350mg, quantity sixty (60) | Soma | strength = 350 mg | quantity = 60
    Soma 350mg (30 tablets) | Soma | strength = 350 mg | quantity = 30 tablets
    Soma 350mg tabs #30 | Soma | strength = 350 mg | quantity = 30 tablets
    Soma 350mg, 30 | Soma | strength = 350 mg | quantity = 30
    Soma x 30 | Soma | quantity = 30
    Prilosec 20mg, twenty-four capsules | Prilosec | strength = 20 mg | quantity = 24 capsules
    Terocin patches #30 | Terocin patches | quantity = 30 patches
    Menthoderm gel 120 ml | Menthoderm gel | quantity = 120 ml
    Lidocaine ointment 5% 106.32gm | Lidocaine ointment | strength = 5 % | quantity = 106.32 gm
    Ketoprofen 20% cream, 167 grams #1 | Ketoprofen cream | strength = 20 % | quantity = 1 | further = 167 grams
    Norco 10/325mg #60 | Norco | strength = 10/325 mg | quantity = 60
    Norco 7.5-325mg #60 | Norco | strength = 7.5/325 mg | quantity = 60
    Norco 10/325 #60 with 2 refills | Norco | strength = 10/325 | quantity = 60 | refills = 2
    Norco 10mg/325mg, refills: 2 | Norco | strength = 10/325 mg | refills = 2
    Mobic 15mg #30, no refills | Mobic | strength = 15 mg | quantity = 30 | refills = 0
    Butrans 10mcg/hr patch | Butrans patch | strength = 10 mcg/hr
    Oral suspension (10mg/1ml) 500ml | Oral suspension | strength = 10 mg/ml | quantity = 500 ml
    Toradol 60mg/2ml | Toradol | strength = 60 mg/2ml
    Botox 200 units | Botox | quantity = 200 units
    Tylenol #3 #60 | Tylenol #3 | quantity = 60
    One prescription for Ultram 50mg | Ultram | strength = 50 mg | quantity = 1 prescriptions
    Viagra 50mg, 3 month supply | Viagra | strength = 50 mg | long = 3 months
    Three months coverage of Viagra | Viagra | long = 3 months
    Menthol 2%, Camphor 1% cream | Menthol, Camphor cream | strength = 2 % | further = 1%
    Menthol 2%/Camphor 1% | Menthol/Camphor | strength = 2 % | further = 1%
""")
def test_drug(title: str, expected: dict[str, str]) -> None:
    assert said(title) == expected


@table_of("""
    Soma BID | Soma | often = 2/day
    Soma t.i.d. | Soma | often = 3/day
    Ambien 5mg QHS | Ambien | strength = 5 mg | often = 1/day
    Ambien 5mg one at bedtime | Ambien | strength = 5 mg | often = 1/day | further = one
    Norco 1 po q6h prn pain | Norco | often = 4/day | further = 1 po; prn pain
    Norco 1 tab 2 times a day | Norco | often = 2/day | further = 1 tab
    Mobic 15mg q HS | Mobic | strength = 15 mg | often = 1/day
    Norco 1-2 tabs every 4-6 hrs as needed | Norco | often = 4-6/day | further = 1-2 tabs; as needed
    Pepcid one by mouth twice a day #60 | Pepcid | often = 2/day | quantity = 60 | further = one by mouth
    Mobic 1 tablet daily for 30 days | Mobic | often = 1/day | long = 30 days | further = 1 tablet
    Fentanyl patch every 72 hours | Fentanyl patch | often = 0.3333/day
    Activities of daily living training | Activities of daily living training
""")
def test_how_a_drug_is_taken(title: str, expected: dict[str, str]) -> None:
    assert said(title) == expected


@table_of("""
    Physical therapy 2 times a week for 4 weeks | Physical therapy | often = 2/week | long = 4 weeks | visits = 8
    Physical therapy two times a week times 2 weeks | Physical therapy | often = 2/week | long = 2 weeks | visits = 4
    PT two (2) times per week over six (6) weeks | PT | often = 2/week | long = 6 weeks | visits = 12
    Physical therapy 2x/week x 4 weeks | Physical therapy | often = 2/week | long = 4 weeks | visits = 8
    Physical therapy 2xwk x4wks | Physical therapy | often = 2/week | long = 4 weeks | visits = 8
    Physical therapy 2 x week x 4 | Physical therapy | often = 2/week | long = 4 weeks | visits = 8
    Physical therapy 2x4 | Physical therapy | often = 2/week | long = 4 weeks | visits = 8
    Physical therapy 2x6 visits | Physical therapy | often = 2/week | long = 6 weeks | visits = 12
    Physical therapy 3 x 4 | Physical therapy | often = 3/week | long = 4 weeks | visits = 12
    Physical therapy 1 times 6 | Physical therapy | often = 1/week | long = 6 weeks | visits = 6
    Physical therapy 2-3 times a week for 6 weeks | Physical therapy | often = 2-3/week | long = 6 weeks | range = 12-18
    PT 1 to 2 times per week for 4-6 weeks | PT | often = 1-2/week | long = 4-6 weeks | range = 4-12
    Acupuncture once a week for six weeks | Acupuncture | often = 1/week | long = 6 weeks | visits = 6
    Acupuncture twice weekly | Acupuncture | often = 2/week
    Acupuncture weekly x 6 | Acupuncture | often = 1/week | long = 6 weeks | visits = 6
    Acupuncture, 3 visits per week for 2 weeks | Acupuncture | often = 3/week | long = 2 weeks | visits = 6
    Twelve sessions of massage, three times weekly | massage | quantity = 12 sessions | often = 3/week | visits = 12
    Massage 2 times a week for 2 weeks (4) | Massage | often = 2/week | long = 2 weeks | quantity = 4 | visits = 4
    Chiropractic care x 6 | Chiropractic care | quantity = 6 | visits = 6
    Chiropractic care x6 | Chiropractic care | quantity = 6 | visits = 6
    Chiropractic care times 6 | Chiropractic care | quantity = 6 | visits = 6
    Chiropractic care times six sessions | Chiropractic care | quantity = 6 sessions | visits = 6
    Chiropractic care for six sessions | Chiropractic care | quantity = 6 sessions | visits = 6
    Chiropractic sessions, 12 | Chiropractic | quantity = 12 sessions | visits = 12
    Chiropractic 10-12 visits | Chiropractic | quantity = 10-12 visits | range = 10-12
    Twelve (12) physical therapy visits | physical therapy | quantity = 12 visits | visits = 12
    6 post-operative PT/OT sessions | post-operative PT/OT | quantity = 6 sessions | visits = 6
    Massage 97124 | Massage 97124
    Massage 12 | Massage | quantity = 12 | visits = 12
    Massage 2x6 (10 visits) | Massage | often = 2/week | long = 6 weeks | quantity = 10 visits | visits = 10
    Massage 2x6, 10 | Massage | often = 2/week | long = 6 weeks | quantity = 10
    6 massage treatments | massage treatments | quantity = 6 treatments | visits = 6
    Biofeedback, total of 8 sessions | Biofeedback | quantity = 8 sessions | visits = 8
    Daily nurse visits for 2 weeks | nurse visits | often = 1/day | long = 2 weeks | visits = 14
    Home health aide 4 hours a day, 5 days a week | Home health aide | often = 5/week | quantity = 4 hours
    Physical therapy 2 times a week for 3 months | Physical therapy | often = 2/week | long = 3 months
    Chiropractic 2x3 then 1x3 | Chiropractic | often = 2/week | long = 3 weeks | further = 1x3
    2 sessions of massage and 8 sessions of PT | massage and PT | quantity = 2 sessions | further = 8 sessions
    Functional restoration program x 160 hours | Functional restoration program | quantity = 160 hours
""")
def test_therapy(title: str, expected: dict[str, str]) -> None:
    assert said(title) == expected


@table_of("""
    Cold therapy unit 30 day rental | Cold therapy unit rental | long = 30 days
    Cold therapy unit, seven day use | Cold therapy unit | long = 7 days
    TENS unit 30-day trial | TENS unit trial | long = 30 days
    1 TENS unit | TENS unit | quantity = 1 units
    Gym membership for 1 year | Gym membership | long = 1 years
    4 x 4 gauze | 4 x 4 gauze
    3 in 1 commode | 3 in 1 commode
    One (1) x-ray of the chest | x-ray | quantity = 1 | parts = chest: chest
    10 panel urine drug screen x 1 | 10 panel urine drug screen | quantity = 1
    Urine drug screen every 3 months | Urine drug screen | often = 0.3333/month
    Follow up office visit times 2 | Follow up office visit | quantity = 2 visits | visits = 2
    Follow-up visit in 6 weeks | Follow-up visit in 6 weeks
    One-time pain consultation | pain consultation | quantity = 1
    Unknown shockwave treatments | shockwave treatments
    Acupuncture (unspecified quantity) | Acupuncture
    Vitamin B-12 | Vitamin B-12
    2nd epidural steroid injection | 2nd epidural steroid injection
    Trigger point injection #2 | Trigger point injection #2
    Trigger point injections (TPI) x 6 | Trigger point injections (TPI) | quantity = 6 injections
    1 injection, 1cc of 1% lidocaine | injection, lidocaine | quantity = 1 injections | strength = 1 % | further = 1cc
    Supartz injections once a week for 5 weeks | Supartz injections | often = 1/week | long = 5 weeks | visits = 5
    In-home evaluation | In-home evaluation
    #30                                      | | quantity = 30
""")
def test_other_items(title: str, expected: dict[str, str]) -> None:
    assert said(title) == expected


@table_of("""
    MRI of the right shoulder without contrast | MRI without contrast | parts = right shoulder: shoulder
    Right elbow MRI | MRI | parts = right elbow: elbow
    MRI L knee | MRI | parts = left knee: knee
    MRI rt. knee | MRI | parts = right knee: knee
    MRI (L) knee | MRI | parts = left knee: knee
    X-ray left hand/finger | X-ray | parts = left hand: wrist-hand, left finger: wrist-hand
    X-ray of the left 3rd toe | X-ray | parts = left 3rd toe: ankle-foot
    X-ray of both feet | X-ray | parts = bilateral feet: ankle-foot
    X-rays of the right and left knees | X-rays | parts = bilateral knees: knee
    X-rays, knees bilaterally | X-rays | parts = bilateral knees: knee
    Wrist splint, bilateral | splint | parts = bilateral Wrist: wrist-hand
    Bilateral hearing aids | Bilateral hearing aids
    PT right hip and foot | PT | parts = right hip: hip, right foot: ankle-foot
    PT left knee, ankle and foot | PT | parts = left knee: knee, left ankle: ankle-foot, left foot: ankle-foot
    PT left wrist and neck | PT | parts = left wrist: wrist-hand, neck: neck
    PT neck, right hand and head | PT | parts = neck: neck, right hand: wrist-hand, head: head
    PT right elbow and left knee | PT | parts = right elbow: elbow, left knee: knee
    CT of the spine and pelvis | CT | parts = spine: None, pelvis: pelvis
    CT cervical, thoracic/lumbar spine | CT | parts = cervical: neck, thoracic: thoracic-spine, lumbar spine: low-back
    MRI C-spine | MRI | parts = C-spine: neck
    MRI L/S spine | MRI | parts = L/S spine: low-back
    PT for the upper and lower back | PT | parts = upper: thoracic-spine, lower back: low-back
    PT for the mid back | PT | parts = mid back: thoracic-spine
    EMG of upper and lower extremities | EMG | parts = upper: None, lower extremities: None
    EMG of the left upper extremity | EMG | parts = left upper extremity: None
    EMG/NCS BUE | EMG/NCS | parts = bilateral BUE: None
    TPI on the left side of the lower back | TPI | parts = left lower back: low-back
    TPI, gluteus medius region | TPI | parts = gluteus medius: low-back
    TPI trapezius, periscapular | TPI | parts = trapezius: neck, periscapular: neck
    Epidural injection at L4-S1 | Epidural injection | parts = L4-S1: low-back
    Epidural injection C5-6 | Epidural injection | parts = C5-6: neck
    Epidural injection T4-T5 | Epidural injection | parts = T4-T5: thoracic-spine
    Right L4-5 and L5-S1 TFESI | TFESI | parts = right L4-5: low-back, right L5-S1: low-back
    Left SI joint injection | SI joint injection | parts = left SI joint: low-back
    Right trigger finger release | trigger finger release | parts = right trigger finger: wrist-hand
    Right rotator cuff repair | rotator cuff repair | parts = right rotator cuff: shoulder
    Right knee arthroscopy, ACL repair | arthroscopy, ACL repair | parts = right knee: knee, right ACL: knee
    Right knee arthroscopy, biceps repair | arthroscopy, biceps repair | parts = right knee: knee, biceps: shoulder
    Left total knee replacement | total knee replacement | parts = left knee: knee
    Left hand therapy | hand therapy | parts = left hand: wrist-hand
    TSH, T3, T4 | TSH, T3, T4
    Face-to-face visit | Face-to-face visit
    Lumbar brace purchase | brace purchase | parts = Lumbar: low-back
    Purchase of lumbar brace | Purchase of brace | parts = lumbar: low-back
    Shoulder MRI and elbow MRI | MRI | parts = Shoulder: shoulder, elbow: elbow
""")
def test_body_parts(title: str, expected: dict[str, str]) -> None:
    assert said(title) == expected


@table_of("""
    Retrospective CT of the head (DOS: 11/3/16) | CT | parts = head: head | retrospective = yes | service = 2016-11-03
    Retrospective request for CT (date of service 10/05/2016) | CT | retrospective = yes | service = 2016-10-05
    CT, dates of service 10/5/16 and 10/7/16 | CT | retrospective = yes | service = 2016-10-05, 2016-10-07
    Retro CT (DOS 10-5-16 through 10-12-16) | CT | retrospective = yes | service = 2016-10-05 to 2016-10-12
    Retrospective CT performed on Nov 3, 2016 | CT | retrospective = yes | service = 2016-11-03
    Retrospective CT | CT | retrospective = yes
    Retrospective CT (DOS 13/45/16) | CT (13/45/16) | retrospective = yes
    CT per report dated 11/3/16 | CT per report dated 11/3/16
    Associated surgical service: Shoulder brace | brace | parts = Shoulder: shoulder | surgical = yes
    Associated Surgical Services - Walker | Walker | surgical = yes
""")
def test_past_and_surgical(title: str, expected: dict[str, str]) -> None:
    assert said(title) == expected


def test_offsets_and_shapes() -> None:
    title = "Retrospective 2x4 PT, left\n lower  leg (DOS 11/3/16 - 11/9/16)"
    found = request_of(title)
    assert found.frequency is not None
    assert found.duration is not None
    assert found.frequency.text == found.duration.text == "2x4"
    (leg,), (days,) = found.body_parts, found.dates_of_service
    assert (leg.name, leg.text, leg.side) == ("lower leg", "lower  leg", "left")
    assert title[leg.start : leg.end] == leg.text
    assert (days.date, days.through, days.text) == (dt.date(2016, 11, 3), dt.date(2016, 11, 9), "11/3/16 - 11/9/16")
    assert Requested.model_validate_json(found.model_dump_json()) == found
    with pytest.raises(ValidationError):
        found.visits = 3  # type: ignore[misc]


def test_a_combination_has_no_single_strength() -> None:
    strength = request_of("Norco 10/325mg").strength
    assert strength is not None
    assert (strength.value, strength.values, strength.unit, strength.text) == (None, [10, 325], "mg", "10/325mg")


def test_measures_and_counts_are_told_apart() -> None:
    kinds = [request_of(title).quantity for title in ("Gel 120 ml", "Gel #1", "PT 6 visits", "Aide 4 hours")]
    assert [found and found.kind for found in kinds] == ["measure", "count", "count", "measure"]
