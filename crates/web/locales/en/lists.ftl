# Lists: sorting, filtering, pages, files.

column-login = Login
column-created = Created
column-customer = Customer
column-request = Request
list-pages = Pages of the list
list-previous = Previous page
list-export = Save as a file (CSV)
list-without = remove this filter
list-more = More filters
list-standing = Who can log on
list-any-standing = Active or not
list-any-plan = Any plan
list-any-status = Any that is open
list-any-kind = Any kind
list-any-members = Empty or not
list-members-some = With members
list-members-none = Without members
list-group-search = Name of a group
list-actor = Asked by
list-mine = What I asked for
list-order = Order
list-newest = Newest first
list-oldest = Oldest first
