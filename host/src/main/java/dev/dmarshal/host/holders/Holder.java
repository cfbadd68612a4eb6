package dev.dmarshal.host.holders;

/**
 * One hold on a device.
 *
 * @param kind     how it is held
 * @param what     in words, with names as the host has them
 * @param evidence path of the file that says so
 */
public record Holder(HolderKind kind, String what, String evidence) {

    /** What taking the device away costs. */
    public Stake stake() {
        return kind.stake();
    }
}
