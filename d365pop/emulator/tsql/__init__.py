"""SQL SELECT as the Web API takes it in ``?sql=``: text in, a query of FetchXML's model out."""
