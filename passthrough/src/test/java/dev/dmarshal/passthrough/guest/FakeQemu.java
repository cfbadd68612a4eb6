package dev.dmarshal.passthrough.guest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A QMP server that behaves: one client at a time, events between answers, and a guest that lets go, refuses, or says nothing. */
final class FakeQemu implements AutoCloseable {

    enum Manner {
        LETS_GO, REFUSES, SILENT
    }

    private static final JsonMapper MAPPER = new JsonMapper();

    final Map<String, String> devices = new ConcurrentHashMap<>();
    private final ServerSocketChannel server;
    private final Thread thread;
    private final Manner manner;

    FakeQemu(Path socket, Manner manner) throws IOException {
        this.manner = manner;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = Thread.ofPlatform().daemon().start(this::serve);
    }

    private void serve() {
        while (true) {
            try (SocketChannel client = server.accept()) {
                converse(client);
            } catch (IOException e) {
                return;
            }
        }
    }

    private void converse(SocketChannel client) throws IOException {
        BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
        Writer out = Channels.newWriter(client, StandardCharsets.UTF_8);
        say(out, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode request = MAPPER.readTree(line);
            answer(out, request.path("execute").asText(), request.path("arguments"));
        }
    }

    private void answer(Writer out, String command, JsonNode arguments) throws IOException {
        switch (command) {
            case "qmp_capabilities" -> say(out, "{\"return\": {}}");
            case "qom-list" -> {
                StringBuilder list = new StringBuilder("{\"name\": \"type\", \"type\": \"string\"},{\"name\": \"net0\", \"type\": \"child<e1000e>\"}");
                devices.keySet().forEach(id -> list.append(",{\"name\": \"").append(id).append("\", \"type\": \"child<vfio-pci>\"}"));
                say(out, "{\"return\": [" + list + "]}");
            }
            case "qom-get" -> say(out, "{\"return\": \"" + devices.get(arguments.path("path").asText().replaceFirst(".*/", "")) + "\"}");
            case "device_add" -> {
                boolean fresh = devices.putIfAbsent(arguments.path("id").asText(), arguments.path("host").asText()) == null;
                say(out, fresh ? "{\"return\": {}}" : "{\"error\": {\"class\": \"GenericError\", \"desc\": \"Duplicate device ID\"}}");
            }
            case "device_del" -> {
                say(out, "{\"timestamp\": {}, \"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 1}}");
                say(out, "{\"return\": {}}");
                letGo(out, arguments.path("id").asText());
            }
            default -> say(out, "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command " + command + " has not been found\"}}");
        }
    }

    private void letGo(Writer out, String id) throws IOException {
        switch (manner) {
            case LETS_GO -> {
                devices.remove(id);
                say(out, "{\"event\": \"DEVICE_DELETED\", \"data\": {\"path\": \"/machine/peripheral/" + id + "/child\"}}");
                say(out, "{\"event\": \"DEVICE_DELETED\", \"data\": {\"device\": \"" + id + "\", \"path\": \"/machine/peripheral/" + id + "\"}}");
            }
            case REFUSES -> say(out, "{\"event\": \"DEVICE_UNPLUG_GUEST_ERROR\", \"data\": {\"device\": \"" + id + "\"}}");
            case SILENT -> {
            }
        }
    }

    private static void say(Writer out, String line) throws IOException {
        out.write(line + "\r\n");
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        thread.interrupt();
    }
}
