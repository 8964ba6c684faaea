# Words used in many places.

# How long ago.
ago-now = lige nu
ago-seconds = { $n ->
    [one] for 1 sekund siden
   *[other] for { $n } sekunder siden
}
ago-minutes = { $n ->
    [one] for 1 minut siden
   *[other] for { $n } minutter siden
}
ago-hours = { $n ->
    [one] for 1 time siden
   *[other] for { $n } timer siden
}
# Counting ends here.
many = { $n }+

# States of requests.
state-requested = Venter
state-running = Kører
state-parked = Katalog utilgængeligt
state-complete = Fuldført
state-complete_with_problems = Med problemer
state-failed = Mislykket

# States of objects.
item-requested = Venter
item-running = Kører
item-verified = Kontrolleret
item-failed = Kræver indgriben
item-drifted = Ændret i kataloget
item-parked = Katalog utilgængeligt
item-superseded = Erstattet

# Kinds of objects.
kind-container = Container
kind-group = Gruppe
kind-user = Konto
kind-access = Adgangsliste
kind-member = Medlemskab
kind-hook = Hook
kind-other = Objekt

# What requests are about, by their codes.

title-order = Bestilling
title-reseller_create = Ny forhandler
title-tenant_update = Ændring af en lejer
title-tenant_suspend = Suspendering
title-tenant_resume = Ophævelse af en suspendering
title-tenant_settled = Konti efter en statusændring
title-tenant_passwords_expired = Adgangskoder, der er for gamle
title-tenant_close = Lukning af en lejer
title-tenant_restore = Gendannelse af en lejer
title-tenant_purged = Fjernelse af en lukket lejer
title-tenant_move = Flytning til en anden forhandler
title-tenant_moved = Flytning til en anden forhandler
title-directory_move = Flytning til et andet katalog
title-directory_move_back = Flytning til et andet katalog taget tilbage
title-tenant_directory_left = Fjernelse fra det forladte katalog
title-user_create = Ny person
title-users_create = Nye personer
title-user_copy = Ny person efter forbillede
title-user_update = Ændring af en person
title-user_delete = Fjernelse af en person
title-user_release = En person givet tilbage til kataloget
title-user_leave = En person, der går til en anden kunde
title-user_move = En person, der kommer fra en anden kunde
title-group_release = En gruppe givet tilbage til kataloget
title-adoption_release = En overtagelse taget tilbage
title-group_create = Ny gruppe
title-group_update = Ændring af en gruppe
title-group_delete = Fjernelse af en gruppe
title-group_restore = Gendannelse af en gruppe
title-group_purge = Sletning af en fjernet gruppe
title-members_change = Personer ind i og ud af en gruppe
title-members_end = Afslutning af udløbne medlemskaber
title-member_add = Person ind i en gruppe
title-member_remove = Person ud af en gruppe
title-plan_add = Plan til en person
title-plan_remove = Afslutning af en plan
title-service_give = Tjeneste til en kunde
title-service_take = Tjeneste taget fra en kunde
title-service_update = Ændring af en tjeneste
title-properties_set = Ændring af egenskaber
title-properties_undo = Ændring af egenskaber fortrudt
title-plan_upgrade = Anden version af en plan
title-plan_upgrade_undo = Anden version af en plan fortrudt
title-password = Adgangskode
title-drift_revert = Ændring i kataloget ført tilbage
title-hook_test = Test af et hook
title-drift_adopt = Ændring i kataloget overtaget
title-adoption = Overtagelse fra et katalog
title-other = Ændring

# More of what requests are about.
title-group_owners = Ejere af en gruppe
title-groups_create = Nye grupper
title-user_unlock = Ophævelse af en spærring
title-password_expire = Adgangskode skal skiftes
title-user_restore = Gendannelse af en person

# Mails; the middle is the kind.
mail-hello = Hej { $name }
mail-until = Linket virker én gang, indtil { $until }.
mail-activation-subject = Din konto er klar
mail-activation-subject-brand = Din konto hos { $brand } er klar
mail-activation-why = Der er oprettet en konto til dig hos { $tenant }. Dit brugernavn er { $login }. Vælg en adgangskode for at komme i gang.
mail-activation-button = Vælg din adgangskode
mail-activation-closing = Hvis du ikke ventede dette, så spørg din administrator.
mail-reset-subject = Vælg en ny adgangskode
mail-reset-why = Din administrator beder dig vælge en ny adgangskode til { $login }.
mail-reset-button = Vælg en ny adgangskode
mail-reset-closing = Indtil du har valgt en, virker din nuværende adgangskode stadig.
mail-reset_requested-subject = Vælg en ny adgangskode
mail-reset_requested-why = Nogen, formentlig dig, har glemt adgangskoden til { $login }.
mail-reset_requested-button = Vælg en ny adgangskode
mail-reset_requested-closing = Hvis det ikke var dig, skal du ikke gøre noget: din adgangskode er uændret.
