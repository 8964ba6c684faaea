# Directories, what somebody changed in them, and taking over what is there.

# How directories are.
nav-directories = Kataloger
directories-title = Kataloger
directories-findings = Ændret af andre og ikke afgjort: { $n }.
directory-health = Tilstand
directory-unasked = Ingen domænecontroller er spurgt endnu.
directory-dedicated = Det er kun til { $name }.
directory-for-somebody = en, du ikke kan se
directory-findings = Ikke afgjort: { $n }.
directory-enforced = Rettes med det samme uden at spørge:
directory-policy = Hvad der rettes af sig selv
directory-scan = Se alt igennem nu
directory-scan-hint = En worker læser alle vores objekter inden for få sekunder. Den læser kun; det, den finder, står her.
done-scan = Det ses igennem inden for få sekunder.
directory-mode = Hvad der må ske i det
mode-on = Til
mode-off = Fra
mode-maintenance-begin = Intet sendes længere til kataloget. Bestillinger og ændringer modtages og venter; ingen mister noget. Det, der er på vej, afsluttes.
mode-maintenance-end = Objekter, der venter nu: { $n }. De fortsætter af sig selv, når dette slutter.
mode-maintenance-start = Begynd vedligeholdelse
mode-maintenance-stop = Afslut vedligeholdelse
mode-read-only-begin = Kataloget ses på og ændres aldrig. Ændringer hos dets kunder modtages og venter; nye bestillinger ind i det afvises.
mode-read-only-end = Når dette slutter, fortsætter det ventende af sig selv, og der kan igen bestilles kunder ind i det.
mode-read-only-start = Gør det skrivebeskyttet
mode-read-only-stop = Tillad ændringer igen
done-mode = Det gælder fra nu af.
policy-title = Hvad der rettes af sig selv
policy-hint = Det, der er markeret, føres tilbage til det ønskede, så snart en gennemgang finder det ændret. Alt andet venter på en person. Den, der deaktiverede en konto i kataloget, kan have haft en grund, der ikke kan vente, så tænk dig om, før du markerer det.
policy-legend = Rettes med det samme
policy-changed = (afgjort her)
policy-enforce-all = Ret alt
policy-report-all = Rapportér kun alt

# What somebody changed.
drift-title = Ændringer i kataloger
drift-hint = Det, nogen har ændret i et katalog med andre værktøjer. Intet overskrives uden dig, undtagen det, der holder kunder adskilt.
drift-which = Hvilke ændringer
drift-none = Intet er åbent: katalogerne er, som de skal være.
drift-look = Se dem
drift-findings = Fund
drift-tenants = Kunder og forhandlere
drift-revert-all = { $n ->
    [one] Ret den ene …
   *[other] Ret alle { $n } …
}
drift-revert-do = Ret { $n }
drift-revert-hint = Hvert objekt gøres som ønsket, som helhed, med én anmodning for hver kunde.
drift-revert-lost = Det, andre har sat der, overskrives. Slettede konti oprettes på ny med et andet sikkerheds-id og en adgangskode, ingen kender.
drift-revert-more = For én kunde rettes højst 5.000 ad gangen; gentag det for resten.
done-drift-revert = Det rettes; her ser du, hvornår det er læst tilbage.
done-drift-adopt = Det fundne er det ønskede fra nu af.
finding-changed = Ændret værdi
finding-missing = Slettet
finding-moved = Flyttet andetsteds hen
finding-marker_lost = Har mistet sit mærke
finding-foreign = Ikke vores
finding-member_added = Taget med i gruppen
finding-member_removed = Taget ud af gruppen
finding-is-open = Åben
finding-is-reverted = Rettet
finding-is-adopted = Accepteret
finding-is-gone = Forsvandt af sig selv
finding-is-enforced = Rettet af sig selv
finding-kind = Hvad der skete
finding-any-kind = Hvad som helst
finding-any-directory = Ethvert katalog
finding-object = Objekt
finding-wanted = Som det ønskes
finding-found = Som det blev fundet
finding-nothing = intet
finding-tenant = Kunde
finding-directory = Katalog
finding-directory-code = Kode for et katalog
finding-first = Fundet
finding-last = Sidst set
finding-changed-at = Ændret, siger kataloget
finding-resolved = Afgjort
finding-person = Personen
finding-request = Anmodningen, der udfører det
finding-decide = Hvad der skal gøres ved det
finding-foreign-hint = En anden har lavet dette objekt. Det hverken ændres eller fjernes herfra: den, der lavede det, må flytte eller fjerne det i kataloget, eller du overtager det, der ligger der.
finding-enforced-hint = Det rettes af sig selv.
revert-title = Ret det
revert-hint = Det ønskede skrives igen i kataloget og læses tilbage. Alle andre ændringer af samme objekt rettes med det.
revert-hint-missing = Objektet oprettes på ny med sine grupper. En konto får et andet sikkerheds-id og en adgangskode, ingen kender: send bagefter personen et engangslink.
revert-hint-member-added = Det tages ud af gruppen igen. Det, gruppen gav, virker ikke længere for det.
revert-hint-member-removed = Det tages med i gruppen igen.
adopt-found-title = Accepter det fundne
adopt-hint-value = Værdien bliver den ønskede efter samme regler, som hvis nogen havde tastet den her. Kataloget ændres ikke.
adopt-hint-member = Medlemskabet bliver det ønskede. Kataloget ændres ikke.
leave-title = Lad det være
leave-hint = Det bliver stående åbent her, og ethvert andet arbejde på objektet retter det som helhed.
subject-name = Navn i sin container
subject-manager = Leder
subject-owner = Gruppens ejer
subject-description = Beskrivelse
subject-group_kind = Gruppens art
subject-enabled = Om kontoen må logge på
subject-readers = Hvem der må læse en container
subject-custom = Eget felt { $field }
subject-initials = Initialer
subject-home_phone = Privattelefon
subject-fax = Fax
subject-pager = Personsøger
subject-ip_phone = IP-telefon
subject-company = Firma
subject-employee_type = Ansættelsestype
subject-po_box = Postboks
subject-region = Region
subject-web_page = Webside
subject-notes = Noter
subject-logon_script = Logonscript
subject-home_folder = Hjemmemappe
subject-home_drive = Hjemmemappens drev
subject-missing = Slettede objekter
subject-moved = Flyttede objekter
subject-marker = Produktets mærke
subject-member_added = Nogen taget med i en gruppe
subject-member_removed = Nogen taget ud af en gruppe

# Taking over what is there.
adopt-title = Det, der ikke er vores endnu
adopt-hint = En kortlægning ser på alt i den mappe, produktet har fået. Ud fra det, den så, bliver en container til en ny kunde eller en del af en, der findes. Kun det sidste trin ændrer noget.
surveys-title = Kortlægninger
surveys-hint = En kortlægning læser kun. Den glemmes efter tre dage, fordi det, der overtages, skal være det, der findes.
surveys-none = Der er ingen kortlægning. Bed om en ovenfor.
survey-ask = Kortlæg nu
survey-ask-hint = Uden en container ses alt i mappen igennem.
survey-title = Kortlægning
survey-everything = Alt i mappen
survey-seen = objekter set: { $n }
survey-until = gemmes til { $when }
survey-going = Den er i gang. Siden ser selv efter igen hvert andet sekund.
survey-requested = Venter
survey-running = I gang
survey-done = Færdig
survey-failed = Mislykket
survey-containers = Containere
survey-no-containers = Den så ingen container.
survey-ours = Vores
survey-adopt = Overtag …
survey-adopt-of = Overtag { $name } …
field-base = Kun denne container (fuldt navn, DN)
adoption-new = Overtag en container
adoption-new-hint = Personer i den: { $people }. Ingen får en ny konto, adgangskode eller et nyt navn. Først ser du, hvad der ville ske med alt.
adoption-as-new = Som en ny kunde
adoption-as-into = Eller ind i en kunde, der findes
adoption-into-hint = Når en er nævnt her, gælder det ovenfor ikke. Kundens personer og grupper uden noget i kataloget finder deres efter disse regler.
adoption-both = I begge tilfælde
adoption-groups-as-plans = Grupper, der står for planer
adoption-groups-hint = De, der er i gruppen, har planen, og den faktureres fra det øjeblik, den er læst tilbage.
adoption-more-groups = Kun de første 100 grupper står her; brug kommandolinjen til flere.
adopt-as-no-plan = Ingen plan
adoption-preview = Vis, hvad der ville ske
adoption-preview-hint = Intet ændres ved det.
field-container = Container
field-customer-seller = Forhandler (kort navn), hvis ikke katalogets driftsansvarlige
field-into = Kunde, der findes (kort navn)
field-wins = Hvis værdier gælder
field-rules = Findes ved, alle når ingen er markeret
field-suffixes = Domæner for logins, de fundne når tomt
field-customer = Kunde
wins-directory = Det, kataloget viser
wins-portal = Det, portalen ved
match-marker = produktets mærke
match-principal_name = login
match-employee_id = medarbejdernummer
match-external_id = nøgle i en eksport
match-mail = mailadresse
match-logon_name = logonnavn
match-name = gruppens navn
adoptions-title = Overtagelser
adoptions-none = Intet er overtaget endnu. Det begynder med en kortlægning af et katalog.
adoption-customer = Kunde
adoption-when = Vist på forhånd
adoption-is-previewed = Forhåndsvisning
adoption-is-run = Overtaget
adoption-is-released = Givet tilbage
adoption-people = Personer
adoption-group-count = Grupper
adoption-containers = Containere
adoption-plans = Tildelte planer
adoption-linked = Fundet
adoption-conflicts = { $n ->
    [one] 1 objekt kan ikke overtages, som det er. Det vises nedenfor med, hvad der skal gøres.
   *[other] { $n } objekter kan ikke overtages, som de er. De vises nedenfor med, hvad der skal gøres.
}
adoption-left = { $n ->
    [one] 1 objekt blev ladt, som det var. Det vises nedenfor.
   *[other] { $n } objekter blev ladt, som de var. De vises nedenfor.
}
adoption-leave = Lad det, der ikke kan overtages, blive; det bliver i en container, der er lukket for det
adoption-run = Overtag
adoption-run-hint = Sker, som det er vist, eller slet ikke. Det kan gives tilbage, så længe intet af det er ændret.
adoption-stale = Kortlægningen er glemt, så dette kan kun ses. Kortlæg igen for at overtage.
adoption-objects = Hvad der sker med hvert objekt
adoption-which = Hvilke objekter
adoption-found-by = fundet ved: { $rule }
adoption-value = Værdi
adoption-there = I kataloget
adoption-here = I portalen
done-adoption = Det overtages; her ser du, hvor langt det er.
fate-create = Overtages
fate-match = Har fundet sin ejer
fate-conflict = Kan ikke overtages
fate-skip = Bliver, som det er

# Giving back.
release-title = Giv det tilbage
release-what = Giv { $name } tilbage til kataloget …
release-changed = Det kan ikke længere gives tilbage som helhed: noget af det er ændret siden.
release-users = { $n ->
    [one] 1 person slutter her; kontoen bliver, som den er.
   *[other] { $n } personer slutter her; deres konti bliver, som de er.
}
release-groups = { $n ->
    [one] 1 gruppe mister kun vores mærke.
   *[other] { $n } grupper mister kun vores mærke.
}
release-containers = { $n ->
    [one] 1 container mister kun vores mærke.
   *[other] { $n } containere mister kun vores mærke.
}
release-removed = { $n ->
    [one] 1 gruppe, der blev oprettet, fjernes.
   *[other] { $n } grupper, der blev oprettet, fjernes.
}
release-plans = { $n ->
    [one] 1 plan slutter i dag.
   *[other] { $n } planer slutter i dag.
}
release-kept = { $n ->
    [one] 1 person eller gruppe, der var kundens før, beholder det, den fik.
   *[other] { $n } personer og grupper, der var kundens før, beholder det, de fik.
}
release-closed = Containere forbliver lukkede for andre.
release-hint = Det kan ikke fortrydes, kun overtages igen.
release-one-person = Personen slutter her: ingen logger ind som den mere, og dens navne er fri med det samme. Kontoen bliver i kataloget, som den er, med sin adgangskode og uden vores mærke.
release-one-group = Gruppen bliver i kataloget, som den er, med sine medlemmer og uden vores mærke.
release-one-plans = Planer, der slutter i dag: { $plans }.
release-one-left = Grupper, den forlader: { $groups }.
release-one-kept = Grupper, den bliver i: { $groups }.
release-link = Giv det tilbage til kataloget
done-release = Det gives tilbage.
