# Words used in many places.

# How long ago.
ago-now = just now
ago-seconds = { $n ->
    [one] 1 second ago
   *[other] { $n } seconds ago
}
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
# Counting ends here.
many = { $n }+

# States of requests.
state-requested = Waiting
state-running = Running
state-parked = Directory away
state-complete = Complete
state-complete_with_problems = With problems
state-failed = Failed

# States of objects.
item-requested = Waiting
item-running = Running
item-verified = Verified
item-failed = Needs a person
item-drifted = Changed there
item-parked = Directory away
item-superseded = Replaced

# Kinds of objects.
kind-container = Container
kind-group = Group
kind-user = Account
kind-access = Access list
kind-member = Membership
kind-hook = Hook
kind-other = Object

# What requests are about, by their codes.

title-order = Order
title-reseller_create = New reseller
title-tenant_update = Change of a tenant
title-tenant_suspend = Suspension
title-tenant_resume = End of a suspension
title-tenant_settled = Accounts after a change of standing
title-tenant_passwords_expired = Passwords that are too old
title-tenant_close = Closing of a tenant
title-tenant_restore = Restoration of a tenant
title-tenant_purged = Removal of a closed tenant
title-tenant_move = Move to another seller
title-tenant_moved = Move to another seller
title-directory_move = Move to another directory
title-directory_move_back = Move to another directory taken back
title-tenant_directory_left = Removal from the directory that was left
title-user_create = New person
title-users_create = New people
title-user_copy = New person like another
title-user_update = Change of a person
title-user_delete = Removal of a person
title-user_release = A person given back to the directory
title-user_leave = A person who goes to another customer
title-user_move = A person who comes from another customer
title-group_release = A group given back to the directory
title-adoption_release = An adoption taken back
title-group_create = New group
title-group_update = Change of a group
title-group_delete = Removal of a group
title-group_restore = Restoration of a group
title-group_purge = End of a removed group
title-members_change = People into a group and out of it
title-members_end = End of memberships whose time is over
title-member_add = Person into a group
title-member_remove = Person out of a group
title-plan_add = Plan for a person
title-plan_remove = End of a plan
title-service_give = Service for a customer
title-service_take = Service taken from a customer
title-service_update = Change of a service
title-properties_set = Change of properties
title-properties_undo = Change of properties undone
title-plan_upgrade = Another version of a plan
title-plan_upgrade_undo = Another version of a plan undone
title-password = Password
title-drift_revert = Change in the directory reverted
title-hook_test = Try of a hook
title-drift_adopt = Change in the directory adopted
title-adoption = Adoption from a directory
title-other = Change

# More of what requests are about.
title-group_owners = Owners of a group
title-groups_create = New groups
title-user_unlock = End of a lock
title-password_expire = Password to be changed
title-user_restore = Restoration of a person

# Mails; the middle is the kind.
mail-hello = Hello { $name },
mail-until = The link works once, until { $until }.
mail-activation-subject = Your account is ready
mail-activation-subject-brand = Your account at { $brand } is ready
mail-activation-why = An account was made for you at { $tenant }. Your login is { $login }. Choose a password to start.
mail-activation-button = Choose your password
mail-activation-closing = If you did not expect this, ask your administrator.
mail-reset-subject = Choose a new password
mail-reset-why = Your administrator asks you to choose a new password for { $login }.
mail-reset-button = Choose a new password
mail-reset-closing = Until you have chosen one, your present password goes on working.
mail-reset_requested-subject = Choose a new password
mail-reset_requested-why = Somebody, probably you, forgot the password of { $login }.
mail-reset_requested-button = Choose a new password
mail-reset_requested-closing = If it was not you, do nothing: your password stays as it is.
