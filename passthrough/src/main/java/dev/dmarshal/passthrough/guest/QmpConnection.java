package dev.dmarshal.passthrough.guest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A connection to QEMU's monitor (docs/interop/qmp-spec.rst): lines of JSON over a UNIX socket. Every wait has an end. Not for use by several threads.
 *
 * <p>QEMU serves one client of a socket at a time: another one waits for its greeting, and here runs into its limit.
 */
public final class QmpConnection implements Closeable {

    /** Longest line taken from QEMU, in bytes. */
    private static final int MOST_LINE = 16 << 20;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final SocketChannel socket;
    private final Selector selector;
    private final ByteBuffer input = ByteBuffer.allocate(1 << 16);
    private final Deque<JsonNode> events = new ArrayDeque<>();
    private byte[] line = new byte[1 << 12];
    private int lineLength;

    /** QEMU's answer to a command that it did not carry out. */
    public static final class QmpError extends IOException {
        private static final long serialVersionUID = 1;

        QmpError(String message) {
            super(message);
        }
    }

    private QmpConnection(SocketChannel socket, Selector selector) {
        this.socket = socket;
        this.selector = selector;
        input.flip();
    }

    /** Connects and leaves the negotiation behind. */
    public static QmpConnection open(Path path, Duration limit) throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
            socket.configureBlocking(false);
            Selector selector = Selector.open();
            socket.register(selector, SelectionKey.OP_READ);
            QmpConnection connection = new QmpConnection(socket, selector);
            connection.await(message -> message.has("QMP"), limit).orElseThrow(() -> new IOException(path + ": no greeting; another client may hold it"));
            connection.execute("qmp_capabilities", Map.of(), limit);
            return connection;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Runs a command; gives its {@code return}. {@link QmpError} is QEMU's own refusal, any other {@link IOException} the connection's end or no answer. */
    public JsonNode execute(String command, Map<String, ?> arguments, Duration limit) throws IOException {
        byte[] request = MAPPER.writeValueAsBytes(arguments.isEmpty() ? Map.of("execute", command) : Map.of("execute", command, "arguments", arguments));
        ByteBuffer bytes = ByteBuffer.allocate(request.length + 1).put(request).put((byte) '\n').flip();
        long end = System.nanoTime() + limit.toNanos();
        while (bytes.hasRemaining()) {
            if (socket.write(bytes) == 0 && System.nanoTime() > end) {
                throw new IOException(command + ": QEMU does not read");
            }
        }
        JsonNode answer = await(message -> message.has("return") || message.has("error"), limit)
                .orElseThrow(() -> new IOException(command + ": no answer within " + limit.toSeconds() + " s"));
        if (answer.has("error")) {
            throw new QmpError(answer.path("error").path("desc").asText("QEMU refused"));
        }
        return answer.get("return");
    }

    /** Waits for an event that fits, also one that came since the last command; empty if none came in time. */
    public Optional<JsonNode> event(Predicate<JsonNode> fits, Duration limit) throws IOException {
        while (!events.isEmpty()) {
            JsonNode event = events.poll();
            if (fits.test(event)) {
                return Optional.of(event);
            }
        }
        return await(message -> message.has("event") && fits.test(message), limit);
    }

    private Optional<JsonNode> await(Predicate<JsonNode> fits, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<String> text = line(end);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            JsonNode message = MAPPER.readTree(text.get());
            if (fits.test(message)) {
                return Optional.of(message);
            }
            if (message.has("event")) {
                events.add(message);
            }
        }
    }

    private Optional<String> line(long end) throws IOException {
        while (true) {
            while (input.hasRemaining()) {
                byte next = input.get();
                if (next == '\n') {
                    String text = new String(line, 0, lineLength, StandardCharsets.UTF_8);
                    lineLength = 0;
                    return Optional.of(text);
                }
                keep(next);
            }
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0 || selector.select(millis) == 0) {
                return Optional.empty();
            }
            selector.selectedKeys().clear();
            input.clear();
            int count = socket.read(input);
            input.flip();
            if (count < 0) {
                throw new IOException("QEMU closed the connection");
            }
        }
    }

    private void keep(byte next) throws IOException {
        if (lineLength == MOST_LINE) {
            throw new IOException("QEMU sent a line of more than " + MOST_LINE + " bytes");
        }
        if (lineLength == line.length) {
            line = java.util.Arrays.copyOf(line, line.length * 2);
        }
        line[lineLength++] = next;
    }

    @Override
    public void close() throws IOException {
        selector.close();
        socket.close();
    }
}
