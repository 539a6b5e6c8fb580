"""Tesla's cloud and cars on real sockets, for tests and for the demo.

A second implementation, written from Tesla's documents: it shares nothing with the integration but
the generated protobuf modules, so that the integration cannot pass by agreeing with itself.

    async with World(speed=0) as world:  # time stands still until `advance`
        car = world.add_car("typed")
        car.stream(hostname="telemetry.example.org", port=8443, ca=ca, fields={...})
        car.drive("work")
        await world.advance(60)
        assert world.cloud.requests("vehicle_data") == []
"""
