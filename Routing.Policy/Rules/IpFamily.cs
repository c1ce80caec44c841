namespace Routing.Policy.Rules;

/// <summary>An IP version.</summary>
public enum IpFamily
{
    /// <summary>IPv4.</summary>
    V4,

    /// <summary>IPv6.</summary>
    V6,
}
