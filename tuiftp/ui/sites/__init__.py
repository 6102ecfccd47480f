"""Sites: the manager, the form, the connect dialog, certificates, import and export."""
