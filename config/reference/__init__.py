"""One module per reference file; `config.loader` reads them all."""
