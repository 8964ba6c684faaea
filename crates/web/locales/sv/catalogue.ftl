# The catalogue, and what customers and people have of it.

# Services and plans.
nav-services = Tjänster
consequence = Vad det innebär
services-title = Tjänster
services-hint = Det du säljer, med alla hos och under dig som har det.
services-none = Det finns ingen tjänst ännu. Det som konfigurationen anger eller någon publicerar visas här.
service-scope = För
service-for-people = Enskilda personer
service-for-customers = Kunden som helhet
service-publisher = Publicerad av
service-seller = En återförsäljare ovanför
service-subscriptions = Abonnemang
service-version = Definitionens version
service-retired = Säljs inte längre
service-no-plans = Det finns ingen plan för den ännu, så ingen kan beställa den.
service-meaning = Vad den innebär i en katalog
service-groups = Grupper som personer placeras i
service-one-group = En grupp hos kunden, uppkallad efter tjänsten.
service-attributes = Värden som sätts på deras konton
service-no-attributes = Inga.
service-properties = Egenskaper
service-no-properties = Den har inga egenskaper.
service-bundles = Paket som ger den
service-retire = Sluta sälja
service-retire-what = Sluta sälja { $name } …
service-retire-hint = { $people ->
    [one] Ingen kan längre beställa eller få den. De som har den behåller den: 1 abonnemang fortsätter och faktureras som förut. Den kan när som helst säljas igen.
   *[other] Ingen kan längre beställa eller få den. De som har den behåller den: { $people } abonnemang fortsätter och faktureras som förut. Den kan när som helst säljas igen.
}
service-offer = Sälj den igen
service-offer-what = Sälj { $name } igen …
service-offer-hint = Alla som den är publicerad för kan beställa och tilldela den igen.
done-service-retire = Den säljs inte längre.
done-service-offer = Den säljs igen.

# Plans and their versions.
plan-version = Version
plan-version-named = { $version }: { $name }
plan-any-version = Alla äldre versioner
plan-price = Pris per månad
plan-since = Publicerad
plan-versions = Versioner
plan-versions-hint = En version ändras aldrig. De som har planen behåller sin version tills någon flyttar dem till en nyare.
plan-new = Ny version
plan-new-title = Version { $version } av
plan-new-hint = { $people ->
    [one] De som får planen från och med nu får den här versionen. Det enda nuvarande abonnemanget behåller sin.
   *[other] De som får planen från och med nu får den här versionen. De { $people } nuvarande abonnemangen behåller sin.
}
plan-publish = Publicera versionen
plan-publish-hint = Den kan inte ändras efteråt, bara följas av en annan.
plan-upgrade = Flytta personer till en annan version
plan-upgrade-hint = Välj version och vilka det gäller, och se vad det innebär. Ingenting ändras av att du tittar.
plan-upgrade-look = Visa vad det innebär
plan-upgrade-nobody = Ingen där har en annan version. Ingenting skulle ändras.
plan-upgrade-cost = Per månad, före och efter
plan-upgrade-unpriced = Utan pris före eller efter: { $n }
plan-upgrade-what = Konton får versionens värden; ingen lämnar en grupp. Ett abonnemang slutar och nästa börjar i samma ögonblick. Det kan ångras.
plan-upgrade-do = { $n ->
    [one] Ändra 1 abonnemang
   *[other] Ändra { $n } abonnemang
}
done-version = Versionen är publicerad.
done-upgrade = De flyttas till versionen.
done-nobody = Ingenting behövde ändras.
field-to = Till versionen
field-from = Från versionen
field-below = Bara hos och under (kortnamn på en återförsäljare eller kund)
expected-an-amount = ett belopp, t.ex. { $example }

# Properties.
property-kind = Vad den får vara
property-default = När ingen säger något
property-who = Bestäms av
property-personal = Även den som hanterar personer
property-managed = Den som hanterar tjänsterna
property-text = Text
property-text-range = Text, tecken: { $range }
property-integer = Heltal
property-integer-range = Heltal: { $range }
property-at-least = minst { $n }
property-at-most = högst { $n }
property-boolean = Ja (true) eller nej (false)
property-choice = Ett av: { $choices }
property-otherwise = annars { $value }
property-inherited = Som ovanför: { $value }
properties-title = Egenskaper: { $name }
properties-own = De gäller för alla hos och under dig, om inte någon närmare säger något annat.
properties-customer = De gäller för alla kundens personer som har tjänsten, om inget annat är sagt för en person.
properties-person = Av allt som är sagt gäller det som är närmast personen. Bredvid varje egenskap står vad som är sagt, med det gällande värdet först.
properties-none = Här finns inga egenskaper: först behövs en tjänst med egenskaper.
properties-reach = { $people ->
    [one] Det gäller 1 abonnemang; kontot skrivs bara där något ändras.
   *[other] Det gäller { $people } abonnemang; konton skrivs bara där något ändras.
}
properties-empty = Ett tomt fält säger ingenting, så det som är sagt ovanför gäller.
properties-change = Ändra egenskaper
properties-see = Visa egenskaper
properties-of-person = Egenskaper för dessa planer
done-said = Sparat; ingenting ändras för någon.
level-service = Tjänst
level-plan = Plan
level-provider = Leverantör
level-reseller = Återförsäljare
level-seller = En återförsäljare ovanför
level-customer = Kund
level-instance = Instans
level-person = Person

# The services of a customer.
offers-title = Planer för personer
offers-none = Kunden har ännu ingen tjänst för enskilda personer. Ge kunden en nedan; sedan kan personerna få planer.
offer-service = Tjänst
offer-people = Personer
offer-people-with = Personer med { $plan }
quotas-title = Kvoter
quotas-none = Här är ingenting begränsat.
quota-people = Personer med konto
quota-service = Alla planer för { $name }
quota-plan = Planen { $name }
quota-of = av { $most }
quota-left = { $left } kvar
quota-full = Förbrukad
quota-set = Ange en kvot
quota-set-hint = Den får vara lägre än det som används: då tas ingenting bort och ingenting mer ges. Lämna talet tomt för att ta bort kvoten.
done-quota = Kvoten gäller från och med nu.
field-subject = Av vad
field-most = Högst
whole-title = För kunden som helhet
instances-title = Tjänster som kunden har
instances-none = Kunden har ingen tjänst ännu.
instance-properties = Egenskaper
instance-properties-of = Egenskaper för { $name }
service-give = Ge kunden en tjänst
service-give-button = Ge tjänsten
service-give-hint = Tjänstens grupper skapas i katalogen direkt. Har kunden redan tjänsten, ange ytterligare en instans, t.ex. test.
done-service = Tjänsten är på väg.
field-grace_days = Dagar som grupperna finns kvar
field-instance = Instans
service-take = Ta bort
service-take-of = Ta bort: { $name }
service-take-what = Ta bort { $name }
service-take-ends = Vad som upphör
service-take-nobody = Ingen har en plan för den.
service-take-people = { $n ->
    [one] { $n } person
   *[other] { $n } personer
}
service-take-billing = Dessa planer avslutas nu, och med dem faktureringen.
service-take-works = Det tjänsten gav slutar fungera för dessa personer.
service-take-groups = Tjänstens grupper i katalogen töms: { $groups }.
service-take-grace-hint = Så många dagar finns de tomma grupperna kvar. Ges tjänsten igen under tiden har den samma grupper, och den som hade en plan får den på nytt. Sedan försvinner de ur katalogen, med 0 direkt.
service-take-do = Ta bort den
done-service-take = Tjänsten är borttagen; här ser du när grupperna är tomma.

# People with a plan.
seats-which = Vilka
seats-with = Personer som har den
seats-without = Personer utan
seats-price = { $price } per månad
seats-choose = Välj
seats-since = Sedan
seats-version = version { $version }
seats-nobody = Ingen har den ännu.
seats-everybody = Alla har den.
seats-give-chosen = Ge den till de valda …
seats-give-all = Ge den till alla som matchar …
seats-take-chosen = Ta den från de valda …
seats-take-all = Ta den från alla som matchar …
seats-first = Först visas vad det innebär.
seats-give-title = Tilldela { $plan }
seats-take-title = Ta bort { $plan }
seats-people = { $n ->
    [one] Något ändras för 1 person
   *[other] Något ändras för { $n } personer
}
seats-more = och { $n } till
seats-give-licences = { $n ->
    [one] 1 licens till används.
   *[other] { $n } licenser till används.
}
seats-take-licences = { $n ->
    [one] 1 licens blir fri.
   *[other] { $n } licenser blir fria.
}
seats-give-price = Med nuvarande pris blir det { $price } mer per månad, från det att varje konto har den.
seats-take-price = Med nuvarande pris blir det { $price } mindre per månad. Faktureringen slutar nu.
seats-take-groups = De lämnar tjänstens grupper, och det den gav slutar fungera för dem. Planen kan tilldelas igen.
seats-kept = { $n ->
    [one] 1 person behåller den, eftersom ett paket ger den.
   *[other] { $n } personer behåller den, eftersom ett paket ger den.
}
seats-left-out = { $n ->
    [one] 1 administratör utelämnas: du får inte ändra det kontot.
   *[other] { $n } administratörer utelämnas: du får inte ändra deras konton.
}
seats-give-do = Ge den till { $n }
seats-take-do = Ta den från { $n }
done-seats-give = Planen är tilldelad; här ser du när varje konto har den.
done-seats-take = Planen har avslutats; här ser du när varje konto är ute ur grupperna.
field-people = Personer
title-plans_give = Plan för personer
title-plans_take = Avslutad plan för personer
