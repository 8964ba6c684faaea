-- Most tenants have no custom fields, and whoever creates a person need not ask for
-- them: the look-up of the tenant tells. With the rights of its owner, as
-- suspended_tenant, because a customer may not see the reseller that defines them.
CREATE VIEW tenant_with_fields AS
    SELECT c.descendant AS id FROM tenant_closure c JOIN custom_field f ON f.tenant_id = c.ancestor;
COMMENT ON VIEW tenant_with_fields IS 'class: system';
GRANT SELECT ON tenant_with_fields TO tenantry_app;
