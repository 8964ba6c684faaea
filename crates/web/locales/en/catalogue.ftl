# The catalogue, and what customers and people have of it.

# Services and plans.
nav-services = Services
consequence = What it comes to
services-title = Services
services-hint = What you sell, with everybody at and below you who has it.
services-none = There is no service yet. What the configuration defines, or somebody publishes, shows up here.
service-scope = For
service-for-people = Single people
service-for-customers = The customer as a whole
service-publisher = Published by
service-seller = A seller above
service-subscriptions = Subscriptions
service-version = Version of its definition
service-retired = Not sold any more
service-no-plans = There is no plan of it yet, so nobody can order it.
service-meaning = What it means in a directory
service-groups = Groups people are put in
service-one-group = One group of the customer, named after the service.
service-attributes = Values set on their accounts
service-no-attributes = None.
service-properties = Properties
service-no-properties = It has no properties.
service-bundles = Bundles that give it
service-retire = Sell it no more
service-retire-what = Sell { $name } no more …
service-retire-hint = { $people ->
    [one] Nobody can order it or be given it any more. Who has it keeps it: 1 subscription goes on and is billed as before. It can be sold again at any time.
   *[other] Nobody can order it or be given it any more. Who has it keeps it: { $people } subscriptions go on and are billed as before. It can be sold again at any time.
}
service-offer = Sell it again
service-offer-what = Sell { $name } again …
service-offer-hint = It can be ordered and given again by everybody it is published to.
done-service-retire = It is not sold any more.
done-service-offer = It is sold again.

# Plans and their versions.
plan-version = Version
plan-version-named = { $version }: { $name }
plan-any-version = Any older version
plan-price = Price a month
plan-since = Published
plan-versions = Versions
plan-versions-hint = A version is never changed. Who has the plan keeps their version until somebody takes them to a newer one.
plan-new = New version
plan-new-title = Version { $version } of
plan-new-hint = { $people ->
    [one] Who is given the plan from now on gets this version. The 1 subscription there is keeps its own.
   *[other] Who is given the plan from now on gets this version. The { $people } subscriptions there are keep theirs.
}
plan-publish = Publish the version
plan-publish-hint = It cannot be changed afterwards, only followed by another.
plan-upgrade = Take people to another version
plan-upgrade-hint = Choose the version and whom it is about, and look at what it comes to. Nothing is changed by looking.
plan-upgrade-look = Show what it comes to
plan-upgrade-nobody = Nobody there has another version. Nothing would change.
plan-upgrade-cost = A month, before and after
plan-upgrade-unpriced = Without a price before or after: { $n }
plan-upgrade-what = Accounts get the values of the version; nobody leaves a group. One subscription ends and the next begins in the same moment. It can be undone.
plan-upgrade-do = { $n ->
    [one] Change 1 subscription
   *[other] Change { $n } subscriptions
}
done-version = The version is published.
done-upgrade = They are being taken to the version.
done-nobody = Nothing had to be changed.
field-to = To the version
field-from = From the version
field-below = Only at and below (short name of a seller or customer)
expected-an-amount = an amount, as { $example }

# Properties.
property-kind = What it may be
property-default = When nobody says
property-who = Said by
property-personal = Whoever manages people, too
property-managed = Whoever manages the catalogue
property-text = Text
property-text-range = Text, characters: { $range }
property-integer = Whole number
property-integer-range = Whole number: { $range }
property-at-least = at least { $n }
property-at-most = at most { $n }
property-boolean = Yes (true) or no (false)
property-choice = One of: { $choices }
property-otherwise = otherwise { $value }
property-inherited = As above: { $value }
properties-title = Properties: { $name }
properties-own = They hold for everybody at and below you, unless somebody nearer says something else.
properties-customer = They hold for all people of the customer who have the service, unless something else is said for a person.
properties-person = Of everything that is said the nearest to the person holds. Beside each property stands what is said, the value that holds first.
properties-none = There are no properties here: a service with properties has to be had first.
properties-reach = { $people ->
    [one] It concerns 1 subscription; its account is written only where something changes.
   *[other] It concerns { $people } subscriptions; accounts are written only where something changes.
}
properties-empty = An empty field says nothing, so that what is said above holds.
properties-change = Change properties
properties-see = See properties
properties-of-person = Properties of these plans
done-said = Recorded; nothing changes for anybody.
level-service = Service
level-plan = Plan
level-provider = Provider
level-reseller = Reseller
level-seller = A seller above
level-customer = Customer
level-instance = Instance
level-person = Person

# The services of a customer.
offers-title = Plans for people
offers-none = The customer has no service for single people yet. Give it one below; then its people can get plans.
offer-service = Service
offer-people = People
offer-people-with = People with { $plan }
quotas-title = Quotas
quotas-none = Nothing is bounded here.
quota-people = People with an account
quota-service = All plans of { $name }
quota-plan = The plan { $name }
quota-of = of { $most }
quota-left = { $left } left
quota-full = Used up
quota-set = Set a quota
quota-set-hint = It may be below what is used: then nothing is taken away, and nothing more is given. Leave the number empty to lift the quota.
done-quota = The quota holds from now on.
field-subject = Of what
field-most = At most
whole-title = For the customer as a whole
instances-title = Services it has
instances-none = The customer has no service yet.
instance-properties = Properties
instance-properties-of = Properties of { $name }
service-give = Give the customer a service
service-give-button = Give the service
service-give-hint = Its groups are made in the directory at once. Of a service the customer has already, name another instance, as test.
done-service = The service is on its way.
field-grace_days = Days for which the groups stay
field-instance = Instance
service-take = Take away
service-take-of = Take away: { $name }
service-take-what = Take { $name } away
service-take-ends = What ends
service-take-nobody = Nobody has a plan of it.
service-take-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}
service-take-billing = These plans end now, and with them their billing.
service-take-works = What the service gave stops working for these people.
service-take-groups = Its groups in the directory are emptied: { $groups }.
service-take-grace-hint = For so many days the empty groups stay. Given again in this time, the service has the same groups, and whoever had a plan is given it anew. Then the groups go from the directory; with 0 at once.
service-take-do = Take it away
done-service-take = The service is taken away; here you see when its groups are empty.

# People with a plan.
seats-which = Who
seats-with = People who have it
seats-without = People who do not
seats-price = { $price } a month
seats-choose = Choose
seats-since = Since
seats-version = version { $version }
seats-nobody = Nobody has it yet.
seats-everybody = Everybody has it.
seats-give-chosen = Give it to the chosen …
seats-give-all = Give it to all that match …
seats-take-chosen = Take it from the chosen …
seats-take-all = Take it from all that match …
seats-first = What it comes to is shown first.
seats-give-title = Give { $plan }
seats-take-title = Take { $plan } away
seats-people = { $n ->
    [one] Something changes for 1 person
   *[other] Something changes for { $n } people
}
seats-more = and { $n } more
seats-give-licences = { $n ->
    [one] 1 more licence is used.
   *[other] { $n } more licences are used.
}
seats-take-licences = { $n ->
    [one] 1 licence becomes free.
   *[other] { $n } licences become free.
}
seats-give-price = At the present price that is { $price } more a month, from when each account has it.
seats-take-price = At the present price that is { $price } less a month. Billing ends now.
seats-take-groups = They leave the groups of the service, and what it gave stops working for them. The plan can be given again.
seats-kept = { $n ->
    [one] 1 person keeps it, because a bundle gives it.
   *[other] { $n } people keep it, because a bundle gives it.
}
seats-left-out = { $n ->
    [one] 1 administrator is left out: you may not change that account.
   *[other] { $n } administrators are left out: you may not change their accounts.
}
seats-give-do = Give it to { $n }
seats-take-do = Take it from { $n }
done-seats-give = The plan is given; here you see when every account has it.
done-seats-take = The plan has ended; here you see when every account is out of its groups.
field-people = People
title-plans_give = Plan for people
title-plans_take = End of a plan of people
