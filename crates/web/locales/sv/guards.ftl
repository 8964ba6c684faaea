# What keeps sign-ins and forms safe.
busy-title = Ett ögonblick
busy-detail = Så många loggar in just nu att vi inte kan kontrollera ditt lösenord. Ingenting har ändrats; försök igen om några sekunder.
