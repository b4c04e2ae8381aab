"""Tables that funders and the State's services send: read, matched with the portal's lines, told cell by cell."""
