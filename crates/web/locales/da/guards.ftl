# What keeps sign-ins and forms safe.
busy-title = Vent et øjeblik
busy-detail = Så mange logger ind i øjeblikket, at vi ikke kan kontrollere din adgangskode. Intet blev ændret; prøv igen om nogle sekunder.
