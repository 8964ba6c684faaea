# Pictures of figures over time, and what the first page says.

chart-title = Over tid
chart-time = Hvilken periode
chart-month = 30 dage
chart-year = 12 måneder
chart-hint = Dagene følger UTC.
chart-table = Som tabel
chart-when = Hvornår
chart-people = Personer
chart-people-said = { $first } personer før den viste periode, { $last } ved dens slutning.
chart-people-none = Her er ingen endnu.
chart-work = Udførte trin i kataloger
chart-work-said = { $n ->
    [one] 1 trin blev udført i et katalog og læst tilbage i perioden.
   *[other] { $n } trin blev udført i kataloger og læst tilbage i perioden.
}
chart-work-none = Der blev ikke udført noget i perioden.
chart-problems = Trin, der fik brug for et menneske
chart-problems-said = { $n ->
    [one] 1 trin fik brug for et menneske i perioden.
   *[other] { $n } trin fik brug for et menneske i perioden.
}
chart-problems-none = Intet gik galt i perioden.

# Home.
home-first = Begynd her
home-first-seller = Der er ingen kunde endnu. Bestil den første; derefter kan du se, hvornår dens personer kan logge på.
home-first-customer = Du er den første her. Opret dem, du arbejder sammen med; hver får et engangslink til at vælge en adgangskode.
home-own = Din konto
home-own-plans = Dine planer:
home-own-no-plans = Du har ikke fået nogen plan endnu. Det sørger din administrator for.
# The number stands before it.
home-open = { $n ->
    [one] anmodning er på vej
   *[other] anmodninger er på vej
}
home-drift = { $n ->
    [one] ændring foretaget i et katalog venter på en afgørelse
   *[other] ændringer foretaget i kataloger venter på en afgørelse
}
home-not-activated = { $n ->
    [one] person har aldrig valgt en adgangskode
   *[other] personer har aldrig valgt en adgangskode
}
