# Directories, what somebody changed in them, and taking over what is there.

# How directories are.
nav-directories = Kataloger
directories-title = Kataloger
directories-findings = Ändrat av andra och inte avgjort: { $n }.
directory-health = Tillstånd
directory-unasked = Ingen domänkontrollant har tillfrågats ännu.
directory-dedicated = Den är bara för { $name }.
directory-for-somebody = någon du inte ser
directory-findings = Inte avgjort: { $n }.
directory-enforced = Rättas direkt utan att fråga:
directory-policy = Vad som rättas automatiskt
directory-scan = Gå igenom allt nu
directory-scan-hint = En worker läser alla våra objekt inom några sekunder. Den läser bara; det den hittar står här.
done-scan = Den gås igenom inom några sekunder.
directory-mode = Vad som får göras i den
mode-on = På
mode-off = Av
mode-maintenance-begin = Ingenting skickas längre till katalogen. Beställningar och ändringar tas emot och väntar; ingen förlorar något. Det som är på väg avslutas.
mode-maintenance-end = Objekt som väntar nu: { $n }. De fortsätter automatiskt när detta slutar.
mode-maintenance-start = Börja underhåll
mode-maintenance-stop = Avsluta underhåll
mode-read-only-begin = Katalogen läses men ändras aldrig. Ändringar hos dess kunder tas emot och väntar; nya beställningar till den nekas.
mode-read-only-end = När detta slutar fortsätter det som väntar automatiskt och kunder kan åter beställas till den.
mode-read-only-start = Gör den skrivskyddad
mode-read-only-stop = Tillåt ändringar igen
done-mode = Det gäller från och med nu.
policy-title = Vad som rättas automatiskt
policy-hint = Det som är markerat återställs till det önskade så snart en genomgång hittar det ändrat. Allt annat väntar på en person. Den som inaktiverade ett konto i katalogen kan ha haft ett skäl som inte kan vänta, så tänk efter innan du markerar det.
policy-legend = Rätta direkt
policy-changed = (bestämt här)
policy-enforce-all = Rätta allt
policy-report-all = Rapportera bara allt

# What somebody changed.
drift-title = Ändringar i kataloger
drift-hint = Det som någon har ändrat i en katalog med andra verktyg. Ingenting skrivs över utan dig, utom det som håller kunder åtskilda.
drift-which = Vilka ändringar
drift-none = Ingenting är öppet: katalogerna är som de ska vara.
drift-look = Visa dem
drift-findings = Fynd
drift-tenants = Kunder och återförsäljare
drift-revert-all = { $n ->
    [one] Rätta den enda …
   *[other] Rätta alla { $n } …
}
drift-revert-do = Rätta { $n }
drift-revert-hint = Varje objekt görs som det ska vara, som helhet, med en begäran för varje kund.
drift-revert-lost = Det som någon annan har satt där skrivs över. Raderade konton skapas på nytt med ett annat säkerhets-id och ett lösenord som ingen känner till.
drift-revert-more = För en kund rättas högst 5 000 åt gången; upprepa för resten.
done-drift-revert = Det rättas; här ser du när det har lästs tillbaka.
done-drift-adopt = Det som hittades är det önskade från och med nu.
finding-changed = Ändrat värde
finding-missing = Raderad
finding-moved = Flyttad någon annanstans
finding-marker_lost = Har förlorat sin märkning
finding-foreign = Inte vår
finding-member_added = Tillagd i gruppen
finding-member_removed = Borttagen ur gruppen
finding-is-open = Öppen
finding-is-reverted = Rättad
finding-is-adopted = Godtagen
finding-is-gone = Försvann av sig själv
finding-is-enforced = Rättad automatiskt
finding-kind = Vad som hände
finding-any-kind = Vad som helst
finding-any-directory = Alla kataloger
finding-object = Objekt
finding-wanted = Som det ska vara
finding-found = Som det hittades
finding-nothing = ingenting
finding-tenant = Kund
finding-directory = Katalog
finding-directory-code = Kod för en katalog
finding-first = Hittad
finding-last = Senast sedd
finding-changed-at = Ändrad enligt katalogen
finding-resolved = Avgjord
finding-person = Personen
finding-request = Begäran som utför det
finding-decide = Vad som ska göras åt det
finding-foreign-hint = Någon annan har skapat det här objektet. Det varken ändras eller tas bort härifrån: den som skapade det får flytta eller ta bort det i katalogen, eller så övertar du det som ligger där.
finding-enforced-hint = Det rättas automatiskt.
revert-title = Rätta
revert-hint = Det önskade skrivs till katalogen igen och läses tillbaka. Alla andra ändringar av samma objekt rättas samtidigt.
revert-hint-missing = Objektet skapas på nytt med sina grupper. Ett konto får ett annat säkerhets-id och ett lösenord som ingen känner till: skicka personen en engångslänk efteråt.
revert-hint-member-added = Det tas ut ur gruppen igen. Det gruppen gav slutar fungera.
revert-hint-member-removed = Det läggs till i gruppen igen.
adopt-found-title = Godta det som hittades
adopt-hint-value = Värdet blir det önskade, enligt samma regler som om någon hade skrivit in det här. Katalogen ändras inte.
adopt-hint-member = Medlemskapet blir det önskade. Katalogen ändras inte.
leave-title = Lämna det som det är
leave-hint = Det står kvar som öppet här, och allt annat arbete på objektet rättar det som helhet.
subject-name = Namn i sin behållare
subject-manager = Chef
subject-owner = Gruppens ägare
subject-description = Beskrivning
subject-group_kind = Typ av grupp
subject-enabled = Om kontot får logga in
subject-readers = Vem som får läsa en behållare
subject-custom = Eget fält { $field }
subject-initials = Initialer
subject-home_phone = Telefon hem
subject-fax = Fax
subject-pager = Personsökare
subject-ip_phone = IP-telefon
subject-company = Företag
subject-employee_type = Anställningstyp
subject-po_box = Postbox
subject-region = Region
subject-web_page = Webbsida
subject-notes = Anteckningar
subject-logon_script = Inloggningsskript
subject-home_folder = Hemmapp
subject-home_drive = Hemmappens enhet
subject-missing = Raderade objekt
subject-moved = Flyttade objekt
subject-marker = Produktens märkning
subject-member_added = Någon tillagd i en grupp
subject-member_removed = Någon borttagen ur en grupp

# Taking over what is there.
adopt-title = Det som inte är vårt ännu
adopt-hint = En kartläggning går igenom allt i mappen som produkten har fått. Utifrån det den såg blir en behållare en ny kund, eller en del av en som finns. Bara sista steget ändrar något.
surveys-title = Kartläggningar
surveys-hint = En kartläggning läser bara. Den glöms efter tre dagar, eftersom det som övertas ska vara det som finns.
surveys-none = Det finns ingen kartläggning. Begär en ovan.
survey-ask = Kartlägg nu
survey-ask-hint = Utan behållare gås allt i mappen igenom.
survey-title = Kartläggning
survey-everything = Allt i mappen
survey-seen = objekt sedda: { $n }
survey-until = sparas till { $when }
survey-going = Den pågår. Sidan tittar själv efter igen varannan sekund.
survey-requested = Väntar
survey-running = Pågår
survey-done = Klar
survey-failed = Misslyckad
survey-containers = Behållare
survey-no-containers = Den såg ingen behållare.
survey-ours = Vår
survey-adopt = Överta …
survey-adopt-of = Överta { $name } …
field-base = Bara den här behållaren (fullständigt namn, DN)
adoption-new = Överta en behållare
adoption-new-hint = Personer i den: { $people }. Ingen får ett nytt konto, lösenord eller namn. Först ser du vad som skulle hända med allt.
adoption-as-new = Som en ny kund
adoption-as-into = Eller till en kund som finns
adoption-into-hint = Om en anges här gäller inte det som står ovan. Kundens personer och grupper som saknar något i katalogen hittar sitt enligt dessa regler.
adoption-both = I båda fallen
adoption-groups-as-plans = Grupper som står för planer
adoption-groups-hint = De som är i gruppen har planen, och den faktureras från det att den har lästs tillbaka.
adoption-more-groups = Bara de första 100 grupperna står här; använd kommandoraden för fler.
adopt-as-no-plan = Ingen plan
adoption-preview = Visa vad som skulle hända
adoption-preview-hint = Ingenting ändras av det.
field-container = Behållare
field-customer-seller = Återförsäljare (kortnamn), om inte katalogens driftansvarige
field-into = Kund som finns (kortnamn)
field-wins = Vems värden som gäller
field-rules = Hittas genom, alla om ingen är markerad
field-suffixes = Domäner för inloggningar, de hittade om tomt
field-customer = Kund
wins-directory = Det katalogen visar
wins-portal = Det portalen vet
match-marker = produktens märkning
match-principal_name = användarnamn
match-employee_id = anställningsnummer
match-external_id = nyckel i en export
match-mail = e-postadress
match-logon_name = inloggningsnamn
match-name = gruppens namn
adoptions-title = Övertaganden
adoptions-none = Ingenting har övertagits ännu. Det börjar med en kartläggning av en katalog.
adoption-customer = Kund
adoption-when = Förhandsgranskad
adoption-is-previewed = Förhandsgranskning
adoption-is-run = Övertagen
adoption-is-released = Återlämnad
adoption-people = Personer
adoption-group-count = Grupper
adoption-containers = Behållare
adoption-plans = Tilldelade planer
adoption-linked = Hittade
adoption-conflicts = { $n ->
    [one] 1 objekt kan inte övertas som det är. Det visas nedan med vad som ska göras.
   *[other] { $n } objekt kan inte övertas som de är. De visas nedan med vad som ska göras.
}
adoption-left = { $n ->
    [one] 1 objekt lämnades som det var. Det visas nedan.
   *[other] { $n } objekt lämnades som de var. De visas nedan.
}
adoption-leave = Lämna det som inte kan övertas; det blir kvar i en behållare som är stängd för det
adoption-run = Överta
adoption-run-hint = Görs som det visas, eller inte alls. Det kan återlämnas så länge ingenting av det har ändrats.
adoption-stale = Kartläggningen är glömd, så detta kan bara visas. Kartlägg igen för att överta.
adoption-objects = Vad som händer med varje objekt
adoption-which = Vilka objekt
adoption-found-by = hittad genom: { $rule }
adoption-value = Värde
adoption-there = I katalogen
adoption-here = I portalen
done-adoption = Det övertas; här ser du hur långt det har kommit.
fate-create = Övertas
fate-match = Har hittat sin ägare
fate-conflict = Kan inte övertas
fate-skip = Blir som det är

# Giving back.
release-title = Återlämna
release-what = Återlämna { $name } till katalogen …
release-changed = Det kan inte längre återlämnas som helhet: något av det har ändrats sedan dess.
release-users = { $n ->
    [one] 1 person avslutas här; kontot blir som det är.
   *[other] { $n } personer avslutas här; deras konton blir som de är.
}
release-groups = { $n ->
    [one] 1 grupp förlorar bara vår märkning.
   *[other] { $n } grupper förlorar bara vår märkning.
}
release-containers = { $n ->
    [one] 1 behållare förlorar bara vår märkning.
   *[other] { $n } behållare förlorar bara vår märkning.
}
release-removed = { $n ->
    [one] 1 grupp som skapades tas bort.
   *[other] { $n } grupper som skapades tas bort.
}
release-plans = { $n ->
    [one] 1 plan slutar i dag.
   *[other] { $n } planer slutar i dag.
}
release-kept = { $n ->
    [one] 1 person eller grupp som redan var kundens behåller det den fick.
   *[other] { $n } personer och grupper som redan var kundens behåller det de fick.
}
release-closed = Behållare förblir stängda för andra.
release-hint = Det kan inte ångras, bara övertas igen.
release-one-person = Personen avslutas här: ingen loggar in som den längre, och dess namn är lediga direkt. Kontot blir kvar i katalogen som det är, med sitt lösenord och utan vår märkning.
release-one-group = Gruppen blir kvar i katalogen som den är, med sina medlemmar och utan vår märkning.
release-one-plans = Planer som slutar i dag: { $plans }.
release-one-left = Grupper som lämnas: { $groups }.
release-one-kept = Grupper som finns kvar: { $groups }.
release-link = Återlämna till katalogen
done-release = Det återlämnas.
