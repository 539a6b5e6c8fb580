"""Tesla's cloud and cars on real sockets, for tests and for the demo.

A second implementation, written from Tesla's documents: it shares nothing with the integration but
the generated protobuf modules, so that the integration cannot pass by agreeing with itself.
"""
