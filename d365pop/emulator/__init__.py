"""A local Dataverse: Web API, published web resources and a model-driven shell on one origin.

Shares no code with the product's client: it has its own OData parser, its own package reader and
its own FormXml checks, so that a mistake cannot hide by being made twice.
"""
