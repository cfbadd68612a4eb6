package dev.dmarshal.host.params;

public record CommandLine(String text) {
    public static CommandLine linux(String text) {
        return new CommandLine(text);
    }

    public static CommandLine xen(String text) {
        return new CommandLine(text);
    }

    public boolean has(String name) {
        return (" " + text + " ").matches(".*[ ]" + name + "[ =].*");
    }
}
