# Words used in many places.

# How long ago.
ago-now = just nu
ago-seconds = { $n ->
    [one] för 1 sekund sedan
   *[other] för { $n } sekunder sedan
}
ago-minutes = { $n ->
    [one] för 1 minut sedan
   *[other] för { $n } minuter sedan
}
ago-hours = { $n ->
    [one] för 1 timme sedan
   *[other] för { $n } timmar sedan
}
# Counting ends here.
many = { $n }+

# States of requests.
state-requested = Väntar
state-running = Pågår
state-parked = Katalogen nås inte
state-complete = Klar
state-complete_with_problems = Med problem
state-failed = Misslyckades

# States of objects.
item-requested = Väntar
item-running = Pågår
item-verified = Verifierat
item-failed = Kräver åtgärd
item-drifted = Ändrat i katalogen
item-parked = Katalogen nås inte
item-superseded = Ersatt

# Kinds of objects.
kind-container = Behållare
kind-group = Grupp
kind-user = Konto
kind-access = Åtkomstlista
kind-member = Medlemskap
kind-hook = Hook
kind-other = Objekt

# What requests are about, by their codes.

title-order = Beställning
title-reseller_create = Ny återförsäljare
title-tenant_update = Ändring av en organisation
title-tenant_suspend = Avstängning
title-tenant_resume = Avstängning hävd
title-tenant_settled = Konton efter ändrad status
title-tenant_passwords_expired = Lösenord som är för gamla
title-tenant_close = Avslut av en organisation
title-tenant_restore = Återställning av en organisation
title-tenant_purged = Borttagning av en avslutad organisation
title-tenant_move = Flytt till en annan återförsäljare
title-tenant_moved = Flytt till en annan återförsäljare
title-directory_move = Flytt till en annan katalog
title-directory_move_back = Återtagen flytt till en annan katalog
title-tenant_directory_left = Borttagning från den katalog som lämnades
title-user_create = Ny person
title-users_create = Nya personer
title-user_copy = Ny person med en annan som förlaga
title-user_update = Ändring av en person
title-user_delete = Borttagning av en person
title-user_release = En person återlämnad till katalogen
title-user_leave = En person som går till en annan kund
title-user_move = En person som kommer från en annan kund
title-group_release = En grupp återlämnad till katalogen
title-adoption_release = Ett övertagande återtaget
title-group_create = Ny grupp
title-group_update = Ändring av en grupp
title-group_delete = Borttagning av en grupp
title-group_restore = Återställning av en grupp
title-group_purge = Slutlig radering av en borttagen grupp
title-members_change = Personer in i och ut ur en grupp
title-members_end = Avslut av medlemskap vars tid har gått ut
title-member_add = Person in i en grupp
title-member_remove = Person ut ur en grupp
title-plan_add = Plan för en person
title-plan_remove = Avslut av en plan
title-service_give = Tjänst för en kund
title-service_take = Tjänst tagen från en kund
title-service_update = Ändring av en tjänst
title-properties_set = Ändring av egenskaper
title-properties_undo = Ångrad ändring av egenskaper
title-plan_upgrade = Annan version av en plan
title-plan_upgrade_undo = Ångrat byte av version av en plan
title-password = Lösenord
title-drift_revert = Återställd ändring i katalogen
title-hook_test = Test av en hook
title-drift_adopt = Övertagen ändring i katalogen
title-adoption = Övertagande från en katalog
title-other = Ändring

# More of what requests are about.
title-group_owners = Ägare till en grupp
title-groups_create = Nya grupper
title-user_unlock = Upplåsning
title-password_expire = Lösenord som måste bytas
title-user_restore = Återställning av en person

# Mails; the middle is the kind.
mail-hello = Hej { $name }!
mail-until = Länken fungerar en gång, till { $until }.
mail-activation-subject = Ditt konto är klart
mail-activation-subject-brand = Ditt konto hos { $brand } är klart
mail-activation-why = Ett konto har skapats åt dig hos { $tenant }. Ditt användarnamn är { $login }. Välj ett lösenord för att börja.
mail-activation-button = Välj ditt lösenord
mail-activation-closing = Om du inte väntade dig detta, fråga din administratör.
mail-reset-subject = Välj ett nytt lösenord
mail-reset-why = Din administratör ber dig välja ett nytt lösenord för { $login }.
mail-reset-button = Välj ett nytt lösenord
mail-reset-closing = Tills du har valt ett fungerar ditt nuvarande lösenord som förut.
mail-reset_requested-subject = Välj ett nytt lösenord
mail-reset_requested-why = Någon, förmodligen du, har glömt lösenordet för { $login }.
mail-reset_requested-button = Välj ett nytt lösenord
mail-reset_requested-closing = Om det inte var du behöver du inte göra något: ditt lösenord är oförändrat.
