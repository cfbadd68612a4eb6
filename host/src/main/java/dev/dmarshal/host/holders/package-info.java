/** Who holds a device: what of this host would stop, hang or be cut off if the device were taken away. */
package dev.dmarshal.host.holders;
