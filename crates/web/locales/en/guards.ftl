# What keeps sign-ins and forms safe.
busy-title = One moment, please
busy-detail = So many people are signing in at the moment that we cannot check your password. Nothing was changed; try again in a few seconds.
