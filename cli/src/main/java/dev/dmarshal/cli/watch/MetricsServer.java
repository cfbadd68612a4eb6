package dev.dmarshal.cli.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dmarshal.doctor.watch.Exposition;
import dev.dmarshal.doctor.watch.Watch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Serves a watch's metrics at {@code /metrics}, on the loopback address and nowhere else: what faults tell of a machine is nobody's business but its owner's. */
public final class MetricsServer implements AutoCloseable {

    private static final int BACKLOG = 8;

    private final HttpServer server;

    private MetricsServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to serve.
     *
     * @param port of the loopback address; 0 for any free one
     * @throws IllegalArgumentException if there is no such port
     */
    static MetricsServer start(int port, Watch watch) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        HttpServer server;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException("port " + port + " of the loopback address: " + e.getMessage(), e);
        }
        server.createContext("/", exchange -> answer(exchange, watch));
        Thread.Builder threads = Thread.ofPlatform().daemon().name("metrics");
        server.setExecutor(task -> threads.start(task));
        server.start();
        return new MetricsServer(server);
    }

    /** Where the metrics are. */
    String address() {
        return "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.getAddress().getPort() + "/metrics";
    }

    private static void answer(HttpExchange exchange, Watch watch) throws IOException {
        try (exchange) {
            boolean here = exchange.getRequestURI().getPath().equals("/metrics");
            boolean reads = exchange.getRequestMethod().equals("GET") || exchange.getRequestMethod().equals("HEAD");
            byte[] body = !reads ? new byte[0] : (here ? Exposition.of(watch) : "metrics are at /metrics\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", here ? Exposition.MEDIA_TYPE : "text/plain; charset=utf-8");
            boolean empty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(!reads ? 405 : here ? 200 : 404, empty ? -1 : body.length);
            if (!empty) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
