# Around every page, for whoever works in several tenants.
tenants = Kund
tenants-choose = Välj en kund

# Ordering a customer, and the order as it becomes real.
order-seller = Säljs av
order-seller-code = Kod för en återförsäljare
order-seller-choose = Välj
order-code-free = Ledigt: { $code }
order-total = Totalt
order-total-both = { $customer } i månaden, och { $person } för varje person som har allt
order-total-nothing = Inget som har ett pris.
order-total-unknown = En del av det har inget pris här.
order-price-person = { $price } i månaden för varje person
order-price-customer = { $price } i månaden
order-steps = Steg
order-retry = Åtgärdat: försök igen
order-retry-hint = Gör först det som står ovan; sedan görs bara det om som misslyckades.
step-fix = Ändra värdet
field-seller = Återförsäljare

# The page of all components.
design-title = Design
design-parts = Sidornas delar
design-hint = Varje komponent i varje tillstånd. Nya sidor görs av dem.
design-buttons = Knappar och länkar
design-states = Tillstånd
design-request = Begäran
design-step = Steg
design-said = Meddelanden
design-waiting = Medan något tar tid
design-loading = Läses in
design-tables = Tabeller
design-pick = Välj
design-pick-one = Välj { $name }
design-picked = Vad som görs med de valda
design-picked-n = { $n } valda
design-forms = Formulär
design-form-wrong = Ett formulär med fel
design-form-empty = Ett tomt formulär
design-asks = Innan något går förlorat
design-dialog-open = Öppna en dialogruta
design-shown = Siffror och uppgifter
design-no-charts = Bilder av ingenting
design-person = Ada Lovelace
design-customer = Acme
