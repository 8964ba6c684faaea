# Pictures of figures over time, and what the first page says.

chart-title = Över tid
chart-time = Vilken period
chart-month = 30 dagar
chart-year = 12 månader
chart-hint = Dagarna följer UTC.
chart-table = Som tabell
chart-when = När
chart-people = Personer
chart-people-said = { $first } personer före den visade perioden, { $last } vid dess slut.
chart-people-none = Här finns ingen ännu.
chart-work = Utförda steg i kataloger
chart-work-said = { $n ->
    [one] 1 steg utfördes i en katalog och lästes tillbaka under perioden.
   *[other] { $n } steg utfördes i kataloger och lästes tillbaka under perioden.
}
chart-work-none = Inget utfördes under perioden.
chart-problems = Steg som behövde en människa
chart-problems-said = { $n ->
    [one] 1 steg behövde en människa under perioden.
   *[other] { $n } steg behövde en människa under perioden.
}
chart-problems-none = Inget gick fel under perioden.

# Home.
home-first = Börja här
home-first-seller = Det finns ingen kund ännu. Beställ den första; sedan ser du när dess personer kan logga in.
home-first-customer = Du är först här. Skapa dem du arbetar med; var och en får en engångslänk för att välja ett lösenord.
home-own = Ditt konto
home-own-plans = Dina planer:
home-own-no-plans = Du har inte fått någon plan ännu. Det ordnar din administratör.
# The number stands before it.
home-open = { $n ->
    [one] begäran är på väg
   *[other] begäranden är på väg
}
home-drift = { $n ->
    [one] ändring i en katalog väntar på ett beslut
   *[other] ändringar i kataloger väntar på ett beslut
}
home-not-activated = { $n ->
    [one] person har aldrig valt ett lösenord
   *[other] personer har aldrig valt ett lösenord
}
