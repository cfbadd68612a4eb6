/** Names for people: what vendors, devices and classes are called. */
package dev.dmarshal.host.names;
