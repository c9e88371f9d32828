"""The package format of Dataverse solutions and the FormXml of its forms; knows no server."""
