namespace Routing.Policy.Rules;

/// <summary>Netfilter's hooks for the inet family.</summary>
public enum HookPoint
{
    /// <summary>Every packet that arrives, before routing.</summary>
    Prerouting,

    /// <summary>Packets for this host.</summary>
    Input,

    /// <summary>Packets passing through.</summary>
    Forward,

    /// <summary>Packets this host sends.</summary>
    Output,

    /// <summary>Every packet that leaves, after routing.</summary>
    Postrouting,
}
