using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy.Compile;

namespace Routing.Bgp.Rib.Export;

/// <summary>Peers of a family with the same export view. Those who keep up share a view; a member who refuses a write, joins,
/// or wants everything again has one of its own until it has caught up.</summary>
/// <param name="key">What the members have in common.</param>
/// <param name="attributes">All attributes.</param>
/// <param name="policy">Their export policy for the family; null when everything goes out as it is.</param>
internal sealed class UpdateGroup(ExportKey key, AttributeTable attributes, PolicyProgram? policy)
{
    /// <summary>What the members have in common.</summary>
    public ExportKey Key { get; } = key;

    /// <summary>Their export policy for the family; null when everything goes out as it is.</summary>
    public PolicyProgram? Policy { get; } = policy;

    /// <summary>The members by what they have been sent.</summary>
    public List<ExportView> Views { get; } = [];

    /// <summary>Adds a member that has been sent nothing.</summary>
    /// <remarks>Members that arrive before a first walk has begun share it: after a restart, a hundred of them cost one
    /// encoding.</remarks>
    public void Join(GroupMember member, long journalEnd)
    {
        var view = Views.Find(candidate => candidate.IsFresh && candidate.JournalPosition == journalEnd);
        if (view is null)
        {
            view = new ExportView(journalEnd, Key.AddPaths > 0 ? new AdvertisedPaths(attributes) : null);
            Views.Add(view);
        }

        view.Members.Add(member);
    }

    /// <summary>Adds a member that comes with its past from another group or from its own refresh.</summary>
    public void Join(GroupMember member, ExportView past)
    {
        past.Members.Add(member);
        Views.Add(past);
    }

    /// <summary>Takes a member out.</summary>
    public void Leave(GroupMember member)
    {
        var view = ViewOf(member);
        view.Members.Remove(member);
        if (view.Members.Count == 0)
        {
            Remove(view);
        }
    }

    /// <summary>The view a member is in.</summary>
    public ExportView ViewOf(GroupMember member) => Views.Find(view => view.Members.Contains(member))!;

    /// <summary>Moves members to a view of their own at the same position.</summary>
    public void Split(ExportView view, Predicate<GroupMember> leaving)
    {
        var own = view.Split();
        own.Members.AddRange(view.Members.FindAll(leaving));
        view.Members.RemoveAll(leaving);
        Views.Add(own);
    }

    /// <summary>Joins a view with another when both have read the whole journal: what they have advertised is then the same,
    /// because it depends on the tables alone. The same place further back would not do: an entry that one of them read may
    /// have been void when the other came by. Members that refused a write stay apart.</summary>
    public void TryMerge(ExportView view, long journalEnd)
    {
        if (Views.Count < 2 || !IsSettled(view, journalEnd))
        {
            return;
        }

        foreach (var other in Views)
        {
            if (other != view && IsSettled(other, journalEnd))
            {
                other.Members.AddRange(view.Members);
                Remove(view);
                return;
            }
        }
    }

    private void Remove(ExportView view)
    {
        Views.Remove(view);
        view.Release();
    }

    private static bool IsSettled(ExportView view, long journalEnd) =>
        !view.IsWalking && view.JournalPosition == journalEnd && !view.Members.Exists(member => member.IsBlocked);
}
