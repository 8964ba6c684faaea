# Around every page, for whoever works in several tenants.
tenants = Kunde
tenants-choose = Vælg en kunde

# Ordering a customer, and the order as it becomes real.
order-seller = Sælges af
order-seller-code = Kode for en forhandler
order-seller-choose = Vælg
order-code-free = Ledigt: { $code }
order-total = I alt
order-total-both = { $customer } om måneden, og { $person } for hver person, der har det hele
order-total-nothing = Intet, der har en pris.
order-total-unknown = Noget af det har ingen pris her.
order-price-person = { $price } om måneden for hver person
order-price-customer = { $price } om måneden
order-steps = Trin
order-retry = Rettet: prøv igen
order-retry-hint = Gør først det, der står ovenfor; derefter prøves kun det igen, der mislykkedes.
step-fix = Ret værdien
field-seller = Forhandler

# The page of all components.
design-title = Design
design-parts = Sidernes dele
design-hint = Hver komponent i hver tilstand. Nye sider laves af dem.
design-buttons = Knapper og links
design-states = Tilstande
design-request = Anmodning
design-step = Trin
design-said = Beskeder
design-waiting = Mens noget tager tid
design-loading = Indlæses
design-tables = Tabeller
design-pick = Vælg
design-pick-one = Vælg { $name }
design-picked = Hvad der gøres ved de valgte
design-picked-n = { $n } valgt
design-forms = Formularer
design-form-wrong = En formular med fejl
design-form-empty = En tom formular
design-asks = Før noget går tabt
design-dialog-open = Åbn en dialog
design-shown = Tal og fakta
design-no-charts = Billeder af ingenting
design-person = Ada Lovelace
design-customer = Acme
