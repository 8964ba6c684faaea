# What keeps sign-ins and forms safe.
busy-title = Einen Moment bitte
busy-detail = Im Moment melden sich so viele Personen an, dass wir Ihr Kennwort nicht prüfen können. Es wurde nichts geändert; versuchen Sie es in einigen Sekunden erneut.
