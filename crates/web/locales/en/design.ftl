# Around every page, for whoever works in several tenants.
tenants = Customer
tenants-choose = Choose a customer

# Ordering a customer, and the order as it becomes real.
order-seller = Sold by
order-seller-code = Code of a reseller
order-seller-choose = Choose
order-code-free = Free: { $code }
order-total = Together
order-total-both = { $customer } a month, and { $person } for each person who has everything
order-total-nothing = Nothing that has a price.
order-total-unknown = Some of it has no price here.
order-price-person = { $price } a month for each person
order-price-customer = { $price } a month
order-steps = Steps
order-retry = Mended: try again
order-retry-hint = Do first what is said above; then only what failed is tried again.
step-fix = Change the value
field-seller = Seller

# The page of all components.
design-title = Design
design-parts = Parts of pages
design-hint = Every component in every state. New pages are made of these.
design-buttons = Buttons and links
design-states = States
design-request = Request
design-step = Step
design-said = What is said
design-waiting = While something takes its time
design-loading = Being loaded
design-tables = Tables
design-pick = Pick
design-pick-one = Pick { $name }
design-picked = What is done to those picked
design-picked-n = { $n } picked
design-forms = Forms
design-form-wrong = A form with something wrong
design-form-empty = An empty form
design-asks = Before something is lost
design-dialog-open = Open a dialog
design-shown = Figures and facts
design-no-charts = Pictures of nothing
design-person = Ada Lovelace
design-customer = Acme
