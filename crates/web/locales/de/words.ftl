# Words used in many places.

# How long ago.
ago-now = gerade eben
ago-seconds = { $n ->
    [one] vor 1 Sekunde
   *[other] vor { $n } Sekunden
}
ago-minutes = { $n ->
    [one] vor 1 Minute
   *[other] vor { $n } Minuten
}
ago-hours = { $n ->
    [one] vor 1 Stunde
   *[other] vor { $n } Stunden
}
# Counting ends here.
many = { $n }+

# States of requests.
state-requested = Wartet
state-running = Läuft
state-parked = Verzeichnis nicht erreichbar
state-complete = Abgeschlossen
state-complete_with_problems = Mit Problemen
state-failed = Fehlgeschlagen

# States of objects.
item-requested = Wartet
item-running = Läuft
item-verified = Geprüft
item-failed = Eingriff nötig
item-drifted = Dort geändert
item-parked = Verzeichnis nicht erreichbar
item-superseded = Ersetzt

# Kinds of objects.
kind-container = Container
kind-group = Gruppe
kind-user = Konto
kind-access = Zugriffsliste
kind-member = Mitgliedschaft
kind-hook = Hook
kind-other = Objekt

# What requests are about, by their codes.

title-order = Bestellung
title-reseller_create = Neuer Wiederverkäufer
title-tenant_update = Änderung eines Mandanten
title-tenant_suspend = Sperrung
title-tenant_resume = Ende einer Sperrung
title-tenant_settled = Konten nach einem Statuswechsel
title-tenant_passwords_expired = Zu alte Kennwörter
title-tenant_close = Schließung eines Mandanten
title-tenant_restore = Wiederherstellung eines Mandanten
title-tenant_purged = Entfernung eines geschlossenen Mandanten
title-tenant_move = Wechsel zu einem anderen Wiederverkäufer
title-tenant_moved = Wechsel zu einem anderen Wiederverkäufer
title-directory_move = Umzug in ein anderes Verzeichnis
title-directory_move_back = Umzug in ein anderes Verzeichnis zurückgenommen
title-tenant_directory_left = Entfernung aus dem verlassenen Verzeichnis
title-user_create = Neue Person
title-users_create = Neue Personen
title-user_copy = Neue Person nach dem Vorbild einer anderen
title-user_update = Änderung einer Person
title-user_delete = Entfernung einer Person
title-user_release = Rückgabe einer Person an das Verzeichnis
title-user_leave = Eine Person, die zu einem anderen Kunden geht
title-user_move = Eine Person, die von einem anderen Kunden kommt
title-group_release = Rückgabe einer Gruppe an das Verzeichnis
title-adoption_release = Zurücknahme einer Übernahme
title-group_create = Neue Gruppe
title-group_update = Änderung einer Gruppe
title-group_delete = Entfernung einer Gruppe
title-group_restore = Wiederherstellung einer Gruppe
title-group_purge = Endgültiges Löschen einer entfernten Gruppe
title-members_change = Aufnahme in eine Gruppe und Entfernung daraus
title-members_end = Ende abgelaufener Mitgliedschaften
title-member_add = Aufnahme einer Person in eine Gruppe
title-member_remove = Entfernung einer Person aus einer Gruppe
title-plan_add = Plan für eine Person
title-plan_remove = Ende eines Plans
title-service_give = Dienst für einen Kunden
title-service_take = Dienst einem Kunden entzogen
title-service_update = Änderung eines Dienstes
title-properties_set = Änderung von Eigenschaften
title-properties_undo = Änderung von Eigenschaften rückgängig gemacht
title-plan_upgrade = Andere Version eines Plans
title-plan_upgrade_undo = Andere Version eines Plans rückgängig gemacht
title-password = Kennwort
title-drift_revert = Änderung im Verzeichnis zurückgesetzt
title-hook_test = Test eines Hooks
title-drift_adopt = Änderung im Verzeichnis übernommen
title-adoption = Übernahme aus einem Verzeichnis
title-other = Änderung

# More of what requests are about.
title-group_owners = Besitzer einer Gruppe
title-groups_create = Neue Gruppen
title-user_unlock = Aufhebung einer Sperre
title-password_expire = Kennwort muss geändert werden
title-user_restore = Wiederherstellung einer Person

# Mails; the middle is the kind.
mail-hello = Guten Tag { $name },
mail-until = Der Link gilt ein einziges Mal, bis { $until }.
mail-activation-subject = Ihr Konto ist bereit
mail-activation-subject-brand = Ihr Konto bei { $brand } ist bereit
mail-activation-why = Bei { $tenant } wurde ein Konto für Sie angelegt. Ihr Benutzername ist { $login }. Wählen Sie zuerst ein Kennwort.
mail-activation-button = Kennwort wählen
mail-activation-closing = Wenn Sie das nicht erwartet haben, fragen Sie Ihren Administrator.
mail-reset-subject = Wählen Sie ein neues Kennwort
mail-reset-why = Ihr Administrator bittet Sie, für { $login } ein neues Kennwort zu wählen.
mail-reset-button = Neues Kennwort wählen
mail-reset-closing = Bis dahin gilt Ihr bisheriges Kennwort weiter.
mail-reset_requested-subject = Wählen Sie ein neues Kennwort
mail-reset_requested-why = Jemand, vermutlich Sie, hat das Kennwort von { $login } vergessen.
mail-reset_requested-button = Neues Kennwort wählen
mail-reset_requested-closing = Wenn Sie es nicht waren, tun Sie nichts: Ihr Kennwort bleibt, wie es ist.
