/**
 * Opens logs: files and streams, plain or compressed, text or journald's JSON, and hands their lines to the scanner of {@code core.fault} block by block.
 */
package dev.dmarshal.host.log;
