"""The eight criteria as one might write them by hand: a series of ifs and elses.

It does everything the generated evaluator does: it tries every path to a concluded fact and names every rule that
fires. It is one function with every branch written out because that is the fastest plain way to write it. Split into
functions, with a loop for the verdict, it would be slower and an easier opponent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def check(values: Mapping[str, Any]) -> tuple[str, dict[str, str], list[str]]:  # noqa: PLR0915 (see above)
    """Evaluates values by input key (missing: undocumented); returns verdict, statuses and the rules that fired."""
    get = values.get
    fired: list[str] = []
    fire = fired.append
    # 1. Circumscribed trigger points, with twitch response and referred pain.
    stated = get("fact:trigger-point")
    pro = con = False
    if stated in ("present", "conflict"):
        pro = True
        fire("trigger-point#present.stated")
    if (
        get("fact:taut-band") == "present"
        and get("fact:twitch-response") == "present"
        and get("fact:referred-pain-on-palpation") == "present"
    ):
        pro = True
        fire("trigger-point#present.1")
    if stated in ("absent", "conflict"):
        con = True
        fire("trigger-point#absent.stated")
    point = None if pro == con else ("present" if pro else "absent")
    if point == "present":
        trigger = "met"
        fire("cp09-trigger-point-injection/trigger-point#met")
    elif point == "absent":
        trigger = "unmet"
        fire("cp09-trigger-point-injection/trigger-point#unmet")
    else:
        trigger = "undocumented"

    response = get("fact:twitch-response")
    if response == "present":
        twitch = "met"
        fire("cp09-trigger-point-injection/twitch-response#met")
    elif response == "absent":
        twitch = "unmet"
        fire("cp09-trigger-point-injection/twitch-response#unmet")
    else:
        twitch = "undocumented"

    pain = get("fact:referred-pain-on-palpation")
    if pain == "present":
        referred = "met"
        fire("cp09-trigger-point-injection/referred-pain#met")
    elif pain == "absent":
        referred = "unmet"
        fire("cp09-trigger-point-injection/referred-pain#unmet")
    else:
        referred = "undocumented"

    # 2. Symptoms for more than three months.
    least, most = get("quantity:symptom-months@least"), get("quantity:symptom-months@most")
    if least is not None and least > 3:
        duration = "met"
        fire("cp09-trigger-point-injection/duration#met")
    elif most is not None and most <= 3:
        duration = "unmet"
        fire("cp09-trigger-point-injection/duration#unmet")
    else:
        duration = "undocumented"

    # 3. Conservative care failed.
    stated = get("fact:conservative-care-failed")
    stretching = get("fact:stretching-failed")
    exercise = get("fact:exercise-failed")
    therapy = get("fact:physical-therapy-failed")
    nsaid = get("fact:nsaid-failed")
    relaxant = get("fact:muscle-relaxant-failed")
    pro = con = False
    if stated in ("present", "conflict"):
        pro = True
        fire("conservative-care-failed#present.stated")
    if stretching == "present":
        if nsaid == "present":
            pro = True
            fire("conservative-care-failed#present.1")
        if relaxant == "present":
            pro = True
            fire("conservative-care-failed#present.2")
    if exercise == "present":
        if nsaid == "present":
            pro = True
            fire("conservative-care-failed#present.3")
        if relaxant == "present":
            pro = True
            fire("conservative-care-failed#present.4")
    if therapy == "present":
        if nsaid == "present":
            pro = True
            fire("conservative-care-failed#present.5")
        if relaxant == "present":
            pro = True
            fire("conservative-care-failed#present.6")
    if stated in ("absent", "conflict"):
        con = True
        fire("conservative-care-failed#absent.stated")
    if stretching == exercise == therapy == "absent":
        con = True
        fire("conservative-care-failed#absent.1")
    if nsaid == relaxant == "absent":
        con = True
        fire("conservative-care-failed#absent.2")
    care = None if pro == con else ("present" if pro else "absent")
    if care == "present":
        conservative = "met"
        fire("cp09-trigger-point-injection/conservative-care-failed#met")
    elif care == "absent":
        conservative = "unmet"
        fire("cp09-trigger-point-injection/conservative-care-failed#unmet")
    else:
        conservative = "undocumented"

    # 4. No radiculopathy: what the examination shows, then all of it.
    stated = get("fact:radiculopathy-on-exam")
    weakness = get("fact:myotomal-weakness")
    reflex = get("fact:reflex-loss")
    sensory = get("fact:dermatomal-sensory-loss")
    pro = con = False
    if stated in ("present", "conflict"):
        pro = True
        fire("radiculopathy-on-exam#present.stated")
    if weakness == "present":
        pro = True
        fire("radiculopathy-on-exam#present.1")
    if reflex == "present":
        pro = True
        fire("radiculopathy-on-exam#present.2")
    if sensory == "present":
        pro = True
        fire("radiculopathy-on-exam#present.3")
    if stated in ("absent", "conflict"):
        con = True
        fire("radiculopathy-on-exam#absent.stated")
    if weakness == reflex == sensory == "absent" and get("fact:nerve-root-tension-sign") == "absent":
        con = True
        fire("radiculopathy-on-exam#absent.1")
    exam = None if pro == con else ("present" if pro else "absent")
    stated = get("fact:radiculopathy")
    pro = con = False
    if stated in ("present", "conflict"):
        pro = True
        fire("radiculopathy#present.stated")
    if exam == "present":
        pro = True
        fire("radiculopathy#present.1")
    if get("fact:nerve-root-compromise-on-imaging") == "present":
        pro = True
        fire("radiculopathy#present.2")
    if get("fact:radiculopathy-on-electrodiagnostic-study") == "present":
        pro = True
        fire("radiculopathy#present.3")
    if get("fact:stenosis-on-imaging") == "present" and get("fact:radicular-pain") == "present":
        pro = True
        fire("radiculopathy#present.4")
    if stated in ("absent", "conflict"):
        con = True
        fire("radiculopathy#absent.stated")
    if exam == "absent":
        no_compromise = get("fact:nerve-root-compromise-on-imaging@ever") == "absent"
        no_imaging = get("fact:imaging-done") == "absent"
        study_negative = get("fact:radiculopathy-on-electrodiagnostic-study@ever") == "absent"
        no_study = get("fact:electrodiagnostic-study-done") == "absent"
        if no_compromise and study_negative:
            con = True
            fire("radiculopathy#absent.1")
        if no_compromise and no_study:
            con = True
            fire("radiculopathy#absent.2")
        if no_imaging and study_negative:
            con = True
            fire("radiculopathy#absent.3")
        if no_imaging and no_study:
            con = True
            fire("radiculopathy#absent.4")
    root = None if pro == con else ("present" if pro else "absent")
    if root == "absent":
        no_radiculopathy = "met"
        fire("cp09-trigger-point-injection/no-radiculopathy#met")
    elif root == "present":
        no_radiculopathy = "unmet"
        fire("cp09-trigger-point-injection/no-radiculopathy#unmet")
    else:
        no_radiculopathy = "undocumented"

    # 5. At most four injections in a session.
    least, most = get("quantity:injections-per-session@least"), get("quantity:injections-per-session@most")
    if most is not None and most <= 4:
        per_session = "met"
        fire("cp09-trigger-point-injection/injections-per-session#met")
    elif least is not None and least > 4:
        per_session = "unmet"
        fire("cp09-trigger-point-injection/injections-per-session#unmet")
    else:
        per_session = "undocumented"

    # 6. For a repeat: the response to the earlier injection.
    stated = get("fact:prior-treatment")
    percent = get("fact:pain-relief-percent")
    weeks = get("fact:pain-relief-weeks")
    least, most = get("quantity:prior-visits@least"), get("quantity:prior-visits@most")
    shortest = get("quantity:months-since-last-treatment@least")
    longest = get("quantity:months-since-last-treatment@most")
    pro = con = False
    if stated in ("present", "conflict"):
        pro = True
        fire("prior-treatment#present.stated")
    if stated in ("absent", "conflict"):
        con = True
        fire("prior-treatment#absent.stated")
    if least is not None and least > 0:
        pro = True
        fire("prior-treatment#present.1")
    if shortest is not None and shortest >= 0:
        pro = True
        fire("prior-treatment#present.2")
    if percent is not None and percent >= 0:
        pro = True
        fire("prior-treatment#present.3")
    if weeks is not None and weeks >= 0:
        pro = True
        fire("prior-treatment#present.4")
    if get("fact:medication-use-reduced") == "present":
        pro = True
        fire("prior-treatment#present.5")
    if most is not None and most <= 0:
        con = True
        fire("prior-treatment#absent.1")
    disputed = pro and con
    if disputed:
        fire("cp09-trigger-point-injection:when.1:disputed#fact:prior-treatment")
    repeat = None if pro == con else ("present" if pro else "absent")
    stated = get("fact:functional-improvement")
    activities = get("fact:daily-activities-improved")
    restrictions = get("fact:work-restrictions-reduced")
    dependence = get("fact:dependence-on-treatment-reduced")
    pro = con = False
    if stated in ("present", "conflict"):
        pro = True
        fire("functional-improvement#present.stated")
    if dependence == "present":
        if activities == "present":
            pro = True
            fire("functional-improvement#present.1")
        if restrictions == "present":
            pro = True
            fire("functional-improvement#present.2")
    if stated in ("absent", "conflict"):
        con = True
        fire("functional-improvement#absent.stated")
    if activities == restrictions == "absent":
        con = True
        fire("functional-improvement#absent.1")
    if dependence == "absent":
        con = True
        fire("functional-improvement#absent.2")
    improved = None if pro == con else ("present" if pro else "absent")
    earlier = "undocumented"
    if repeat == "absent":
        earlier = "not-applicable"
        fire("cp09-trigger-point-injection:when.1#unmet")
        fire("cp09-trigger-point-injection/response-to-earlier-injection#not-applicable")
    else:
        if repeat == "present":
            fire("cp09-trigger-point-injection:when.1#met")
        shown = percent is not None and percent > 50 and weeks is not None and weeks >= 6 and improved == "present"
        if shown and not disputed:
            earlier = "met"
            fire("cp09-trigger-point-injection/response-to-earlier-injection#met")
        elif repeat == "present":
            if percent is not None and percent <= 50:
                earlier = "unmet"
                fire("cp09-trigger-point-injection/response-to-earlier-injection#unmet.1")
            if weeks is not None and weeks < 6:
                earlier = "unmet"
                fire("cp09-trigger-point-injection/response-to-earlier-injection#unmet.2")
            if improved == "absent":
                earlier = "unmet"
                fire("cp09-trigger-point-injection/response-to-earlier-injection#unmet.3")

    # 7. Two months between injections.
    interval = "undocumented"
    if repeat == "absent":
        interval = "not-applicable"
        fire("cp09-trigger-point-injection/interval#not-applicable")
    elif shortest is not None and shortest >= 2 and not disputed:
        interval = "met"
        fire("cp09-trigger-point-injection/interval#met")
    elif longest is not None and longest < 2 and repeat == "present":
        interval = "unmet"
        fire("cp09-trigger-point-injection/interval#unmet")

    # 8. What is injected.
    substance = get("attribute:injectate")
    if substance is None:
        injectate = "undocumented"
    elif substance in ("local-anesthetic", "local-anesthetic-and-corticosteroid"):
        injectate = "met"
        fire("cp09-trigger-point-injection/injectate#met")
    else:
        injectate = "unmet"
        fire("cp09-trigger-point-injection/injectate#unmet")

    statuses = {
        "trigger-point": trigger,
        "twitch-response": twitch,
        "referred-pain": referred,
        "duration": duration,
        "conservative-care-failed": conservative,
        "no-radiculopathy": no_radiculopathy,
        "injections-per-session": per_session,
        "response-to-earlier-injection": earlier,
        "interval": interval,
        "injectate": injectate,
    }
    # The verdict, with every reason.
    verdict = "approve"
    if trigger == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.trigger-point")
    elif trigger == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.trigger-point")
    if twitch == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.twitch-response")
    elif twitch == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.twitch-response")
    if referred == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.referred-pain")
    elif referred == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.referred-pain")
    if duration == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.duration")
    elif duration == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.duration")
    if conservative == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.conservative-care-failed")
    elif conservative == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.conservative-care-failed")
    if no_radiculopathy == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.no-radiculopathy")
    elif no_radiculopathy == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.no-radiculopathy")
    if per_session == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.injections-per-session")
    elif per_session == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.injections-per-session")
    if earlier == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.response-to-earlier-injection")
    elif earlier == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.response-to-earlier-injection")
    if interval == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.interval")
    elif interval == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.interval")
    if injectate == "unmet":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.unmet.injectate")
    elif injectate == "undocumented":
        verdict = "deny"
        fire("cp09-trigger-point-injection#deny.undocumented.injectate")
    if verdict == "approve":
        fire("cp09-trigger-point-injection#approve")
    return verdict, statuses, fired
