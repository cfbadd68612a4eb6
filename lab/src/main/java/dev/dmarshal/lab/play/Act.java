package dev.dmarshal.lab.play;

import java.time.Duration;

/**
 * One script of a play.
 *
 * @param script what the guest's shell runs
 * @param limit  how long it may take
 * @param ends   whether it ends this kernel and another one comes up; the limit is for that then
 */
public record Act(String script, Duration limit, boolean ends) {
}
